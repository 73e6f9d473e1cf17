"""Acts made without a line that the books contradict: both versions side by side, until somebody chooses one."""

from datetime import datetime, timedelta
from typing import Any

from accounts.acts import act
from accounts.reasons import Refused
from desk.acts import Asked, known
from desk.models import Act, Clash

ODDLY_OLD = timedelta(hours=24)


def oddly_done(done: Act, knew: dict[str, Any], now: datetime) -> Act:
    """Flag ``done``, where something about it is odd although the books could follow it."""
    if done.happened_at < now - ODDLY_OLD:
        Clash.objects.create(act=done)
    return done


def open_clash(asked: Asked, knew: dict[str, Any], no: Refused, now: datetime) -> Act:
    """Keep what was ``asked`` although the books say ``no``: nothing of it is lost, and somebody will choose."""

    def do():
        if (done := known(asked)) is not None:
            return done
        kept = Act.objects.create(
            hostel=asked.hostel,
            act_id=asked.act_id,
            what=asked.what,
            stay=asked.stay,
            by=asked.by,
            device=asked.device,
            happened_at=asked.at,
            written_at=now,
            said=dict(asked.said),
            outcome=Act.Outcome.CLASH,
        )
        Clash.objects.create(act=kept, reasons=[reason.as_data() for reason in no.reasons])
        return kept

    return act(do)
