"""Going out, and somebody else coming in: nothing of a guest stays in the browser, nothing that was done is lost."""

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse

# How many acts wait in this browser to be sent (`static/web/desk/store.js`); there at all where a desk was open in it.
QUEUE = "desk_queue"


class LogOut(LogoutView):
    """Log out, and have the browser delete what its pages keep. While acts of the desk wait there to be sent it is held
    back, by whichever button it was asked for: they would be deleted too."""

    def post(self, *args, **kwargs):
        if waiting_in(self.request):
            return self.render_to_response(self.get_context_data(), status=409)
        response = super().post(*args, **kwargs)
        return emptied(response)

    def get_context_data(self, **kwargs):
        waiting = waiting_in(self.request)
        return super().get_context_data(**kwargs) | {"waiting": waiting, "has_desk": QUEUE in self.request.COOKIES}


def emptied(response: HttpResponse) -> HttpResponse:
    """Have the browser delete what our pages keep in it: lists of a desk, its worker, what was typed and not sent."""
    # Not "cache": no page about anybody is ever in it, and emptying it may take a browser seconds.
    response["Clear-Site-Data"] = '"storage"'
    return response


def has_desk(request: HttpRequest) -> bool:
    """Whether a desk was open in the browser of this request, and nothing waits there to be sent."""
    return QUEUE in request.COOKIES and not waiting_in(request)


def waiting_in(request: HttpRequest) -> int:
    """How many acts of a desk wait in the browser of this request."""
    said = request.COOKIES.get(QUEUE, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
