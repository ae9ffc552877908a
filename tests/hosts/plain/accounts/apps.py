"""Accounts as an app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The host's own accounts."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
