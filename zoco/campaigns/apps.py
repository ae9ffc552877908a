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
        """Let curves, tables, reports and others know what there is of campaigns."""
        from zoco.campaigns import portable, reads  # noqa: F401 - portable registers
        from zoco.campaigns.costs.importing.formats import load_formats
        from zoco.campaigns.reports import spent
        from zoco.ledger.asking import goals
        from zoco.ledger.pictures import marks, names
        from zoco.sites import uploads

        load_formats()
        goals.follow("campaigns", _goal_renamed)
        marks.provide(reads.marks)
        names.provide("campaign", reads.campaign_names)
        names.provide("link", reads.link_names)
        spent.provide(reads.costs_listed)
        uploads.begun_by("costs", _uploads_to_come)


def _goal_renamed(site: int, was: str, now: str) -> None:
    from zoco.campaigns.models import Campaign

    Campaign.objects.filter(site=site, goal=was).update(goal=now)


def _uploads_to_come() -> list[int]:
    from zoco.campaigns.costs.importing.running import RUNS

    return RUNS.to_come()
