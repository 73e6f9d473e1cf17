"""The record of what was done and what was seen."""

from accounts.acts import write_last
from accounts.models import Deed
from accounts.names import without


def record(what, *, now, actor=None, person=None, hostel=None, about="", reason="", **values):
    """Add a line to the record: ``actor`` (a User) did ``what`` at ``now``. Values are JSON, and never personal; in
    a ``reason`` that somebody wrote the name and number of ``person`` are left out: lines stay when people go."""
    if reason and person is not None:
        reason = without(reason, (person.name, person.document, person.school))
    write_last(
        Deed(what=what, at=now, actor=actor, person=person, hostel=hostel, about=about, reason=reason, values=values)
    )
