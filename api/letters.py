"""Letters: what was written to me, whichever way it went."""

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts import letters
from accounts.models import Letter
from accounts.reasons import CHINESE, ENGLISH
from api.door import Door
from api.pages import Pages


class LetterSerializer(serializers.Serializer):
    """What was written to somebody. The context says in which ``language`` to speak."""

    kind = serializers.CharField(help_text="`booked`, `reminder`, `still_coming`, `offer`, …")
    about = serializers.CharField(help_text="The code of what it is about.")
    text = serializers.SerializerMethodField(help_text="In the language of `Accept-Language`.")
    href = serializers.SerializerMethodField(help_text="The page it leads to, empty where to none.")
    written_at = serializers.DateTimeField()
    posted_at = serializers.DateTimeField(allow_null=True, help_text="When it went out.")
    posted_by = serializers.CharField(help_text="By which way: `sms`, `messenger`, …")
    read_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was shown first, on a page or here; null the first time."
    )

    def get_text(self, letter) -> str:
        return letters.words(letter, self.context["language"])[0]

    def get_href(self, letter) -> str:
        return letters.words(letter, self.context["language"])[1]


class Letters(Door):
    """What was written to me."""

    serializer_class = LetterSerializer
    queryset = Letter.objects.none()
    pagination_class = Pages

    @extend_schema(
        operation_id="list_letters",
        tags=["me"],
        summary="What was written to me, the latest first; whatever way it went, it can be read here",
    )
    def get(self, request):
        now = timezone.now()
        page = self.paginate_queryset(letters.inbox(request.user, now))
        language = ENGLISH if (get_language() or "").startswith("en") else CHINESE
        said = LetterSerializer(page, many=True, context={"language": language}).data
        letters.shown(page, now)
        return self.get_paginated_response(said)
