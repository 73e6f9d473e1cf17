"""A page's form as a browser sends it."""

from html.parser import HTMLParser

from django.http import QueryDict


class Form(HTMLParser):
    """The form with this id (or the whole page): what its fields hold, to be changed and sent."""

    def __init__(self, html: str, form: str = ""):
        super().__init__()
        self.sent = QueryDict(mutable=True)
        self.form, self.inside = form, not form
        self.select = self.area = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "form" and self.form:
            self.inside = about.get("id") == self.form
        name = about.get("name")
        if not self.inside:
            return
        if tag == "input" and name and "disabled" not in about and about.get("type") != "file":
            ticked = about.get("type") not in ("checkbox", "radio") or "checked" in about
            if ticked:
                self.sent.appendlist(name, about.get("value") or "")
        elif tag == "select":
            self.select = name
            self.picked = None
        elif tag == "option" and self.select and (self.picked is None or "selected" in about):
            self.picked = about.get("value", "")
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data):
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "form" and self.form:
            self.inside = False
        elif tag == "select" and self.select:
            self.sent.appendlist(self.select, self.picked or "")
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self.sent.appendlist(self.area, self.text.removeprefix("\n"))
            self.area = None
