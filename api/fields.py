"""Values as this door writes and reads them."""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.people import (
    ANSWERS_KEPT,
    GRADUATION,
    LONGEST_ANSWER,
    LONGEST_KEY,
    NO_GRADUATION,
    TOO_MANY_ANSWERS,
    is_graduation,
)
from hostel.models import Need
from hostel.nights import Nights

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
YEAR = re.compile(r"[0-9]{4}")


class Day(serializers.DateField):
    """A date as YYYY-MM-DD, within the years that this house has to do with."""

    default_error_messages = {"years": _("Give a day between {first} and {last}.")}

    def __init__(self, *, first=date(2000, 1, 1), last=date(2099, 12, 31), **kwargs):
        self.first, self.last = first, last
        super().__init__(**kwargs)

    def to_internal_value(self, value):
        if not isinstance(value, str) or not DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if not self.first <= day <= self.last:
            self.fail("years", first=self.first, last=self.last)
        return day


class Moment(serializers.DateTimeField):
    """A moment of RFC 3339; without a zone it is meant in Shanghai."""

    # The framework has some of these in English only.
    default_error_messages = dict.fromkeys(
        ["invalid", "date", "make_aware", "overflow"], _("Give a moment, like 2026-03-06T15:02:00+08:00.")
    )

    def to_internal_value(self, value):
        try:
            return super().to_internal_value(value if isinstance(value, str) else "")
        except OverflowError:
            self.fail("overflow")


class Year(serializers.IntegerField):
    """A year of four plain digits: other scripts' digits, signs and spaces are none."""

    def to_internal_value(self, data):
        if not YEAR.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Graduation(serializers.RegexField):
    """A year, a month of a year, or a day that there is, as text: 2025, 2025-06, 2025-06-25."""

    def __init__(self, **kwargs):
        # With its ends, so that the whole text is looked at; programs read it in the schema.
        super().__init__(rf"\A{GRADUATION.pattern}\Z", error_messages={"invalid": NO_GRADUATION}, **kwargs)

    def to_internal_value(self, value):
        text = super().to_internal_value(value)
        # The pattern is told by its own message; it would let 30 February through.
        if GRADUATION.fullmatch(text) and not is_graduation(text):
            self.fail("invalid")
        return text


class Answers(serializers.DictField):
    """Answers to the questions that a policy asks of its own, by their key: texts of at most 40 characters."""

    child = serializers.CharField(max_length=LONGEST_ANSWER, allow_blank=True)

    def to_internal_value(self, data):
        said = super().to_internal_value(data)
        if len(said) > ANSWERS_KEPT or any(not 0 < len(key) <= LONGEST_KEY or "\0" in key for key in said):
            raise serializers.ValidationError(TOO_MANY_ANSWERS)
        return said


class Choice(serializers.ChoiceField):
    """One of a few words. Only a word is looked at: neither a number nor a list is one."""

    def to_internal_value(self, value):
        if not isinstance(value, str):
            self.fail("invalid_choice", input=value)
        return super().to_internal_value(value)


class Needs(serializers.ListField):
    """What somebody needs of a bed or its room, each once."""

    child = Choice(Need.choices)

    def __init__(self, **kwargs):
        super().__init__(max_length=len(Need), **kwargs)

    def to_internal_value(self, data):
        return sorted(set(super().to_internal_value(data)))


class Yuan(serializers.Field):
    """Fen of the tables as decimal yuan in text: 9800 is "98.00"."""

    def to_representation(self, fen):
        return f"{fen // 100}.{fen % 100:02}"


def nights_of(arrival: date, departure: date, most: int, field: str = "departure") -> Nights:
    """The nights between two days; raises ValidationError for ``field`` where there is none, or more than ``most``."""
    try:
        nights = Nights(arrival, departure)
    except ValueError as wrong:
        raise serializers.ValidationError(
            {field: ErrorDetail(str(_("This day must be after the first one.")), code="order")}
        ) from wrong
    if len(nights) > most:
        raise serializers.ValidationError(
            {field: ErrorDetail(str(_("At most %d nights at once.") % most), code="too_long")}
        )
    return nights
