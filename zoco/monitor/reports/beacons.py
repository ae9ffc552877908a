"""Missing beacons: page loads of people of which the tracker told nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Measure, Params, Report
from zoco.monitor import facts as names
from zoco.monitor.reports import words
from zoco.stats.proportions import wilson

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Beacons(Report):
    """One row a step of time in which the server gave pages to people."""

    key = "beacons"
    label = _("Missing beacons")
    question = _("What share of people's page loads does the tracker not see?")
    definition = _(
        "Page loads are pages that this server gave to people, as it counted them itself. A load has a "
        "beacon when the tracker told of a page view of the same visitor on the same path and day; the "
        "others were blocked, left too soon, or went to a program that passes for a person. With 95% "
        "confidence the true share lies between the two bounds, if loads go without a beacon independently "
        "of each other. Page views stay those of the tracker: nothing is counted twice."
    )
    uncertainty = words.SCORE
    method = (
        "Wilson (1927), J. Amer. Stat. Assoc. 22, 209–212; Brown, Cai, DasGupta (2001), Stat. Sci. 16, eq. 4"
    )
    picture = "curve"
    dimensions = (words.BUCKET,)
    measures = (
        Measure("loads", _("Page loads"), adds_up=True, formula=_("number of page loads")),
        Measure(
            "silent",
            _("Without a beacon"),
            adds_up=True,
            formula=_("sum over visitors, paths and steps of page loads without a page view of the tracker"),
        ),
        Measure("share", _("Share"), "percent", formula=_("page loads without a beacon ÷ page loads")),
        Measure("share_low", _("95% from"), "percent", formula=words.LOWER),
        Measure("share_high", _("95% to"), "percent", formula=words.UPPER),
    )
    parameters = (GRAIN,)
    order = "bucket"
    counts = "rows"
    position = 175

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the shares over the whole period."""
        each = _each(facts, "day")
        sums = each.aggregate(loads=each.loads.sum().fill_null(0), silent=each.silent.sum().fill_null(0))
        return _shared(sums).select(*(measure.name for measure in self.measures))

    def behind(self, facts: Facts) -> Table:
        """Return the loads."""
        return facts.where(lambda rows: (rows.name == names.PAGE_SERVED) & (rows.origin == "server"))

    def query(self, facts: Facts, params: Params) -> Table:
        each = _each(facts, cast("Grain", params["grain"]))
        steps = each.group_by("bucket").aggregate(loads=each.loads.sum(), silent=each.silent.sum())
        return _shared(steps).select(*self.columns)


def _each(facts: Facts, grain: Grain) -> Table:
    """Return loads, and those without a beacon, of each visitor on each path in a step."""
    both = facts.named(names.PAGE_SERVED, names.PAGE_VIEWED)
    rows = both.select("name", "origin", "path", "visitor", bucket=facts.bucket(both.occurred_at, grain))
    each = rows.group_by("path", "visitor", "bucket").aggregate(
        loads=metrics.counted(rows, (rows.name == names.PAGE_SERVED) & (rows.origin == "server")),
        beacons=metrics.counted(rows, rows.name == names.PAGE_VIEWED),
    )
    given = each.filter(each.loads > 0)
    missed = (given.loads > given.beacons).ifelse(given.loads - given.beacons, expr.whole(0))
    return given.select("bucket", "loads", silent=missed)


def _shared(sums: Table) -> Table:
    low, high = wilson(sums.silent.cast("float64"), sums.loads.cast("float64").nullif(0))
    return sums.mutate(share=expr.share(sums.silent, sums.loads), share_low=low, share_high=high)
