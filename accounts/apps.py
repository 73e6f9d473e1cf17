"""Who."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        # Every process that sends letters must know what the floors above say in theirs.
        autodiscover_modules("letters")
