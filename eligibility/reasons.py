"""Reasons: how a rule answers. They live a floor below, because who somebody is can be refused too."""

from accounts.reasons import (
    ASK,
    CHINESE,
    ENGLISH,
    MET,
    MISSING,
    NOT_MET,
    ORDER,
    Fix,
    Reason,
    Refused,
    Sentence,
    not_met,
)

__all__ = [
    "ASK",
    "CHINESE",
    "ENGLISH",
    "MET",
    "MISSING",
    "NOT_MET",
    "ORDER",
    "Fix",
    "Reason",
    "Refused",
    "Sentence",
    "not_met",
]
