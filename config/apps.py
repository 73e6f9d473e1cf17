from django.apps import AppConfig
from django.conf import settings

from config.refusals import refuse_unknown_sender


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self):
        """Whoever can't send a login's code is told so now, not at the first guest."""
        for path in settings.SENDERS:
            refuse_unknown_sender(path)
