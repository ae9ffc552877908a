"""The overview of traffic: what happened, through which channels, on which pages, where, on what.

And ways between reports that belong together.
"""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from zoco.ledger.report import Report
from zoco.ledger.views.actions import Action, offer_report
from zoco.ledger.views.address import Address
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

BESIDE = {"funnel": ("funnel_trend", _("Over time")), "funnel_trend": ("funnel", _("The steps"))}


@offer_report
def beside(_request: HttpRequest, report: Report, address: Address) -> Action | None:
    """Offer from a funnel the same over time, and back."""
    if report.key not in BESIDE:
        return None
    key, label = BESIDE[report.key]
    query = address.shared(funnel=address.query.get("funnel"))
    return Action(label, address.to("report", key, query=query))
