"""Referrers: hosts that link here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Referrers(Report):
    """One row a host that linked here, the site's own left out."""

    key = "referrers"
    label = _("Referrers")
    question = _("Which other sites send people here?")
    definition = words.of_days(
        _(
            "Page views that were reached over a link on another host, by that host. The site's own host "
            "names are left out; so are page views without a referrer."
        )
    )
    picture = "bars"
    crowd = ("visitors",)
    dimensions = (Dimension("referrer_host", _("Referrer"), "host", "referrer_host"),)
    measures = (
        words.VISITORS,
        Measure(
            "arrivals",
            _("Arrivals"),
            adds_up=True,
            formula=_("number of page views reached over a link of the host"),
        ),
    )
    order = "-visitors"
    position = 60

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        linked = views.filter(views.referrer_host.notin(["", *facts.site.own_hosts]))
        return metrics.seen(linked, "referrer_host", count="arrivals")
