"""Channels as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """Adapters, accounts and messages."""

    name = "zoco.channels"
    label = "zoco_channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"
    area = "retain"

    def ready(self) -> None:
        """Register the adapters, let messages go with their people, take confirmations out."""
        from zoco.channels import confirming, erasing, merging, past  # noqa: F401
        from zoco.channels.contract import CHANNELS
        from zoco.consent.naming import means_provide
        from zoco.kit.plugs import load_modules

        load_modules(["zoco.channels.adapters"])
        means_provide(lambda key: str(CHANNELS.get(key).label) if key in CHANNELS else "")
