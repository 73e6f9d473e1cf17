"""Figures of what the network gave."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "figures"
