"""The overview of traffic: what happened, through which channels, on which pages, where, on what."""

from django.utils.translation import gettext_lazy as _

from zoco.ledger.views.dashboards import DASHBOARDS, Dashboard

DASHBOARDS.add(
    Dashboard(
        key="traffic",
        area="monitor",
        label=_("Overview"),
        question=_("What happened on the site, at one glance?"),
        head="traffic",
        panels=(
            (
                ("channels", "sources", "campaigns", "referrers", "ai-assistants"),
                ("pages", "entry-pages", "exit-pages", "missing-pages", "errors"),
            ),
            (
                ("countries", "regions", "cities", "languages"),
                ("goals", "events", "properties", "site-search"),
                ("bots", "ai-crawlers", "beacons", "refusals", "consent"),
            ),
            (("devices", "browsers", "systems", "screens"), ("engagement", "vitals-by-page", "requests")),
        ),
        position=10,
    )
)
