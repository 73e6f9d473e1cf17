"""The stay."""

from importlib import import_module

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        # Whoever gives nights back need not know the line: it is told of them (`bookings/freed.py`).
        import_module("bookings.serving")
        # And every process that sends letters must know what these say in theirs: what it does not know, nobody gets.
        for name in ("granting", "no_shows", "on_call", "reminding", "wishing"):
            import_module(f"bookings.{name}")
