"""Seasons: spans of days of arrival, every year or once."""

from dataclasses import dataclass
from datetime import date

from eligibility.rule import month_and_day


@dataclass(frozen=True)
class Season:
    """Days of arrival, every year ("06-10") or once ("2026-02-10"), both ends included."""

    first: str
    last: str

    def covers(self, day: date) -> bool:
        said = day.isoformat()[-len(self.first) :]
        if self.first <= self.last:
            return self.first <= said <= self.last
        return said >= self.first or said <= self.last  # over the turn of the year

    @property
    def said(self) -> tuple[str, str]:
        """The span in words, as (Chinese, English), with its year where it is of one year only."""
        ends = [_said(end) for end in (self.first, self.last)]
        return " 至 ".join(zh for zh, _en in ends), " to ".join(en for _zh, en in ends)


def _said(end):
    if len(end) == 10:
        day = date.fromisoformat(end)
        zh, en = month_and_day(day)
        return f"{day.year}年{zh}", f"{en} {day.year}"
    return month_and_day(date.fromisoformat(f"2024-{end}"))
