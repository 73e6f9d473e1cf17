"""The same house with its row locks taken away, and unhurried: the control that shows what they are for."""

import re

from django.db.models import QuerySet

QuerySet.select_for_update = lambda self, *args, **kwargs: self.all()

from bookings import statements  # noqa: E402
from tests.races.unhurried import application  # noqa: E402

statements.FREE_BED = re.sub(r"FOR UPDATE.*", "", statements.FREE_BED)

__all__ = ["application"]
