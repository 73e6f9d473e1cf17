"""What is mine: all that is held of me, and being forgotten."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.exporting import as_data
from accounts.forgetting import erase
from accounts.models import User
from accounts.reasons import CHINESE, ENGLISH
from api.door import Door


class HeldSerializer(serializers.Serializer):
    """One kind of thing that is held."""

    key = serializers.CharField(help_text="For programs: `phone`, `identity`, `stays`, …")
    what = serializers.CharField()
    value = serializers.CharField(help_text="What exactly, with numbers masked.")
    why = serializers.CharField()
    until = serializers.CharField()
    value_source = serializers.ChoiceField(["declared", "verified", "record"])


class OwnLookSerializer(serializers.Serializer):
    """Somebody of the staff opened something."""

    at = serializers.DateTimeField()
    who = serializers.CharField(help_text="Where it was: which desk, or the office.")
    what = serializers.CharField()
    about = serializers.CharField(allow_blank=True, help_text="The code of what was opened.")


class OwnSerializer(serializers.Serializer):
    """All of it. Beside these, one list for each kind of row: `login`, `person`, `consents`, `letters`, `record`,
    `decisions`, `proofs`, `questions`, `extra_nights`, `stays`, `waits`, `missed`, `turned_away`."""

    made_at = serializers.DateTimeField()
    held = HeldSerializer(many=True)
    looks = OwnLookSerializer(many=True)
    login = serializers.ListField(child=serializers.DictField())
    person = serializers.ListField(child=serializers.DictField(), required=False)
    consents = serializers.ListField(child=serializers.DictField(), required=False)
    letters = serializers.ListField(child=serializers.DictField(), required=False)
    record = serializers.ListField(child=serializers.DictField(), required=False)
    decisions = serializers.ListField(child=serializers.DictField(), required=False)
    proofs = serializers.ListField(child=serializers.DictField(), required=False)
    questions = serializers.ListField(child=serializers.DictField(), required=False)
    extra_nights = serializers.ListField(child=serializers.DictField(), required=False)
    stays = serializers.ListField(child=serializers.DictField(), required=False)
    waits = serializers.ListField(child=serializers.DictField(), required=False)
    missed = serializers.ListField(child=serializers.DictField(), required=False)
    turned_away = serializers.ListField(child=serializers.DictField(), required=False)


class KeptSerializer(serializers.Serializer):
    """What must stay."""

    key = serializers.CharField()
    what_zh = serializers.CharField()
    what_en = serializers.CharField()
    why_zh = serializers.CharField()
    why_en = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="Null where no day is known; the words say more.")
    until_zh = serializers.CharField()
    until_en = serializers.CharField()


class ErasedSerializer(serializers.Serializer):
    """What became of it."""

    done_at = serializers.DateTimeField()
    done_by = serializers.DateField(help_text="The last copies in backups are gone by then.")
    kept = KeptSerializer(many=True)


class Own(Door):
    """All that is held of me."""

    serializer_class = OwnSerializer
    refuses = ("GET",)

    @extend_schema(
        operation_id="get_own",
        tags=["me"],
        summary="All that is held of me, what for and until when; who looked at it",
    )
    def get(self, request):
        return Response(as_data(request.user, now=timezone.now(), language=get_language() or CHINESE))


def erased_in_words(user: User, now: datetime) -> dict:
    """Have ``user`` forgotten, and say what became of it, as `ErasedSerializer` does; raises Refused as `erase`."""
    erased = erase(user, now=now, actor=user)
    kept = [
        {
            "key": each.key,
            "what_zh": each.what.say(CHINESE),
            "what_en": each.what.say(ENGLISH),
            "why_zh": each.why.say(CHINESE),
            "why_en": each.why.say(ENGLISH),
            "until": each.until,
            "until_zh": each.until_said.say(CHINESE),
            "until_en": each.until_said.say(ENGLISH),
        }
        for each in erased.kept
    ]
    return ErasedSerializer({"done_at": erased.at, "done_by": erased.done_by, "kept": kept}).data
