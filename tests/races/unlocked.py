"""The same house with its row locks taken away: the control that shows what they are for."""

from django.db.models import QuerySet

QuerySet.select_for_update = lambda self, *args, **kwargs: self.all()

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
