"""Invented facts are the same ones on every run, and a slow machine is no failure."""

from hypothesis import settings

settings.register_profile("the same on every run", derandomize=True, deadline=None)
settings.load_profile("the same on every run")
