"""The house's own settings, with one address more: the empty view that its speed is compared with."""

from config.settings import *  # noqa: F403 - all of them, and one other

ROOT_URLCONF = "bench.urls"
