"""Campaigns as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Campaigns, their links and the words that their tags may be."""

    name = "zoco.campaigns"
    label = "zoco_campaigns"
    verbose_name = _("Campaigns")
    default_auto_field = "django.db.models.BigAutoField"
    area = "attract"

    def ready(self) -> None:
        """Let curves show when campaigns begin and end, and tables what codes are called."""
        from zoco.campaigns import portable, reads  # noqa: F401 - portable registers
        from zoco.ledger.pictures import marks, names

        marks.provide(reads.marks)
        names.provide("campaign", reads.campaign_names)
        names.provide("link", reads.link_names)
