"""The archive as an app."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Old papers, in a database of their own."""

    name = "archive"
    default_auto_field = "django.db.models.BigAutoField"
