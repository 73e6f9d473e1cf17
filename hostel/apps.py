"""The network."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class HostelConfig(AppConfig):
    name = "hostel"

    def ready(self):
        # Every process that loads a network must know what the floors above hold against it.
        autodiscover_modules("network_checks")
