"""The single Django app that remembers."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """Tables of Jingui under one label and one migration history."""

    name = "jingui.db"
    label = "jingui"
    verbose_name = "金匮"
