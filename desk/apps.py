"""The front desk."""

from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self):
        # What can be done at a desk is what these say (`desk.acts.kind`); and who is forgotten is forgotten here too.
        for name in (*KINDS_IN, "forgetting"):
            import_module(f"desk.{name}")


KINDS_IN = ("letting_in", "changing", "log", "housekeeping", "closing", "walking_in")
