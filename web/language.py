"""Which language an answer speaks."""

from django.utils import translation

# They say nothing, and are asked so often that nobody is looked up for them.
WORDLESS = {"/desk/beat/", "/desk/sw.js"}


class LanguageMiddleware:
    """Choose the language by the door: `/en/` English, `/api/` what the caller accepts, desk and office the user's.

    Everything else is Chinese, whatever the browser says: the same address reads the same for everybody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self.language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def language_of(self, request):
        path = request.path_info
        if path in WORDLESS:
            return "zh-hans"
        if path.startswith("/en/"):
            return "en"
        if path.startswith("/api/"):
            return translation.get_language_from_request(request)
        if path.startswith(("/desk/", "/office/")) and request.user.is_authenticated:
            return request.user.language
        return "zh-hans"
