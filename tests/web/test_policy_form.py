"""The rules as fields of a page, and what is wrong with them at its place."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from eligibility.policy_file import errors_in
from eligibility.rules import KINDS
from tests.web.forms import Form
from tests.web.policy_pages import PUBLISHED, SAMPLE, changed, data_of
from web.office.policy_editing import add
from web.office.policy_form import PolicyForm


@pytest.mark.parametrize("path", [SAMPLE, *PUBLISHED], ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_of_a_policy_is_said_in_a_sentence(path, language):
    with translation.override(language):
        form = PolicyForm(data_of(path))
        for rule in form.every_rule():
            assert rule.title
            assert rule.said
            assert "{" not in rule.said


# --- what is wrong is said at its place -----------------------------------------------------------------------------
def problems(data):
    form = PolicyForm(data, errors_in(data))
    return form, {href: sentence for href, _name, sentence in form.problems}


@pytest.mark.parametrize(
    ("field", "text", "place", "sentence"),
    [
        ("rules__0__max", "-1", "#f-rules.0.max", "Must be 0 or more"),
        ("rules__0__max", "ten", "#f-rules.0.max", "“ten” is no whole number: write digits"),
        ("rules__0__min", "40", "#f-rules.0.min", "Must not be above the most"),
        ("rules__5__kept_until", "11 pm", "#f-rules.5.kept_until", "“11 pm” is no time of day: write it as 23:00"),
        ("rules__0__clause__en", "", "#f-rules.0.clause.en", "This is still missing"),
        ("seasons__0__from", "June", "#f-seasons.0.from", "“June” is no day: write it as 06-10 or 2026-06-10"),
        ("seasons__0__set__caps__per_stay", "", "#f-seasons.0", "This is still missing"),
        ("entitlements__0__caps__per_year", "x", "#f-entitlements.0.caps.per_year",
         "“x” is no whole number: write digits"),
        ("entitlements__0__after__0__percent", "200", "#f-entitlements.0.after.0.percent", "Must be 100 or less"),
        ("entitlements__0__after__0__months", "2", "#f-entitlements.0.after.0",
         "Say one: nights of a stay, months or years"),
        ("title__zh", "", "#f-title.zh", "This is still missing"),
        ("purposes__exam__en", "", "#f-purposes.exam.en", "This is still missing"),
    ],
)  # fmt: skip
def test_an_error_stands_at_the_field_and_what_was_typed_is_kept(sample, field, text, place, sentence):
    with translation.override("en"):
        now = changed(sample, **{field: text})
        form, found = problems(now)

        assert found == {place: sentence}
        html = render_to_string("web/office/policies/_edit.html", {"form": form})
    assert f'id="{place[1:]}"' in html
    if text and not place.endswith((".0", "caps")):
        assert f'value="{text}"' in html
        assert f'aria-describedby="e-{place[3:]}"' in html
        assert f'id="e-{place[3:]}"' in html
    assert sentence in html


def test_a_new_rule_says_what_it_still_needs(sample):
    add(sample, "rules", "no_show")
    with translation.override("en"):
        _form, found = problems(sample)

    at = len(sample["rules"]) - 1
    assert set(found) == {f"#f-rules.{at}.{name}" for name in ("kept_until", "count", "within_days", "pause_days")}
    assert set(found.values()) == {"This is still missing"}


def test_every_field_has_a_name_for_those_who_hear_it(sample):
    for name, kind in KINDS.items():
        if not kind.of_entitlement:
            add(sample, "rules", name)
    with translation.override("en"):
        html = render_to_string("web/office/policies/_edit.html", {"form": PolicyForm(sample)})

    names = Names(html)
    assert len(names.fields) > 150
    assert [field for field in names.fields if not names.has_one(field)] == []


class Names(Form):
    """The visible fields of a page, and whether each is named: by a label around it, one for it, or in itself."""

    def __init__(self, html):
        self.fields, self.labelled, self.depth = [], set(), 0
        super().__init__(html)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "label":
            self.depth += 1
            self.labelled.add(about.get("for"))
        elif tag in ("input", "select", "textarea") and about.get("type") != "hidden":
            self.fields.append((about.get("name"), about.get("id"), about.get("aria-label", ""), self.depth > 0))

    def handle_endtag(self, tag):
        if tag == "label":
            self.depth -= 1

    def has_one(self, field):
        _name, its_id, label, is_inside = field
        return is_inside or bool(label.strip()) or its_id in self.labelled
