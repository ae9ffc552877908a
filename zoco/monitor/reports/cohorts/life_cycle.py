"""Life cycle: who is new in a step of time, who stays, who is back after a pause, and who stays away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import along, people
from zoco.ledger.asking.statements.blanks import longer
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Choices, Measure, Parameter, Params, Report
from zoco.monitor.reports import words
from zoco.monitor.reports.cohorts.retention import deed_of, deeds_offered
from zoco.monitor.reports.cohorts.returns import done, ever_of
from zoco.monitor.reports.cohorts.spans import LENGTHS
from zoco.monitor.reports.funnels.chains import KEPT, newest

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo
    from zoco.monitor.reports.cohorts.returns import Deed

ROOM_DAYS = {"day": (-3, 2), "week": (-21, 14), "month": (-93, 62)}
"""How many days before and after the period local time must be known: in the whole step before its first."""
COUNTS = ("active", "new", "returning", "resurrected")
OPEN = _("the step is not over")
NO_RATIO = _("the step is not over, or nobody stayed away")


@REPORTS.plug
class LifeCycle(Report):
    """One row for each step of time that the period touches; the first and the last one count whole."""

    key = "life_cycle"
    label = _("Life cycle")
    question = _("Do more people come and come back than stay away?")
    definition = _(
        "Active is who did what is chosen in a day, week or month and fits the filters; a known person "
        "counts once whatever the browser, else a browser, and whoever did not consent is another browser "
        "each day. New is who did it for the first time ever; returning, who did it in the step before as "
        "well; resurrected, who did it earlier, but not in the step before; dormant, who did it in the step "
        "before and not in this one, counted once this one is over by the newest fact of the site. Active "
        "is the sum of the first three; dormant and returning together are those who were active in the "
        "step before. Steps at the edge of the period count whole. Quick ratio is new and resurrected "
        "together by one who is dormant: above 1 more come than stay away."
    )
    method = "Hsu (2015), Diligence at Social Capital, part 1: accounting for user growth"
    picture = "curve"
    dimensions = (words.BUCKET,)
    measures = (
        Measure("active", pgettext_lazy("life cycle", "Active"), formula=_("new + returning + resurrected")),
        Measure(
            "new",
            pgettext_lazy("life cycle", "New"),
            adds_up=True,
            formula=_("number of those who were active for the first time ever"),
        ),
        Measure(
            "returning",
            pgettext_lazy("life cycle", "Returning"),
            formula=_("number of those who were active in the step before as well"),
        ),
        Measure(
            "resurrected",
            pgettext_lazy("life cycle", "Resurrected"),
            formula=_("number of those who were active earlier, but not in the step before"),
        ),
        Measure(
            "dormant",
            pgettext_lazy("life cycle", "Dormant"),
            may_lack=True,
            lack=OPEN,
            formula=_("active in the step before − returning"),
        ),
        Measure(
            "quick",
            _("Quick ratio"),
            "index",
            may_lack=True,
            lack=NO_RATIO,
            formula=_("(new + resurrected) ÷ dormant"),
        ),
    )
    parameters = (
        Parameter("grain", GRAIN.label, "week", GRAIN.choices[1:]),
        Parameter("back", pgettext_lazy("life cycle", "Active by"), ""),
    )
    order = "bucket"
    counts = "rows"
    compares = False
    counts_whole = True
    position = 19

    def given(self, site: SiteInfo, params: Params) -> Deed:
        """Return what makes somebody active. Raises ParameterWrong for an unknown goal."""
        return deed_of(site, str(params["back"]))

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the goals of the site that are facts."""
        return {"back": deeds_offered(site)}

    def query(self, facts: Facts, params: Params) -> Table:
        grain = cast("Grain", params["grain"])
        roomy = _roomy(facts, grain)
        counted = _with_empty(_counted(roomy, _active(facts, roomy, grain), grain), facts, roomy, grain)
        before, long = _before(counted, grain), LENGTHS[grain]
        found = newest(facts)
        told = before.cross_join(found.select(now=roomy.bucket(found.newest_at, grain)))
        first, last = expr.start_of(facts.period), expr.end_of(facts.period, -1)
        inside = (told.bucket >= roomy.bucket(first, grain)) & (told.bucket <= roomy.bucket(last, grain))
        gone = told.was_active - told.returning
        is_over = told.now - told.bucket > long // 2
        came = (told.new + told.resurrected).cast("float64")
        return told.filter(inside).select(
            "bucket",
            *COUNTS,
            dormant=expr.only_if(is_over, gone),
            quick=expr.only_if(is_over, came / gone.cast("float64").nullif(0)),
        )


def _roomy(facts: Facts, grain: Grain) -> Facts:
    """Return the same with a period in which local time is known in the whole step before it as well."""
    period = facts.period
    for days in ROOM_DAYS[grain]:
        period = longer(period, days)
    return replace(facts, period=period)


def _active(facts: Facts, roomy: Facts, grain: Grain) -> Table:
    """Return who was active in which step: who, bucket. What lies before all that is known is one step."""
    ever = ever_of(facts)
    rows = ever.where(lambda rows: done(ever, rows, facts.given))
    told = people.told_apart(facts.known(rows.select(*KEPT)))
    placed = told.select("who", bucket=roomy.bucket(told.occurred_at, grain))
    return placed.group_by("who", "bucket").aggregate(times=placed.count())


def _counted(roomy: Facts, active: Table, grain: Grain) -> Table:
    """Return one row a step: bucket, and those of COUNTS."""
    placed = active.mutate(before=along.in_row_before(active.bucket, active, "bucket", "who"))
    is_new = placed.before == 0
    is_next = placed.bucket - placed.before < LENGTHS[grain] + LENGTHS[grain] // 2
    marked = placed.select(
        "bucket",
        active=expr.whole(1),
        new=expr.ones(is_new),
        returning=expr.ones(~is_new & is_next),
        resurrected=expr.ones(~is_new & ~is_next),
    )
    return marked.group_by("bucket").aggregate(**{name: marked[name].sum() for name in COUNTS})


def _with_empty(counted: Table, facts: Facts, roomy: Facts, grain: Grain) -> Table:
    """Return the same with a row for steps in which nobody was active, but something happened."""
    rows = facts.whole_visits.rows
    steps = rows.select(bucket=roomy.bucket(rows.occurred_at, grain)).distinct()
    # Sums of ones are unsigned on one engine, which has no sum of them together with what is signed.
    some = counted.select("bucket", **{name: counted[name].cast("float64") for name in COUNTS})
    none = steps.select("bucket", **dict.fromkeys(COUNTS, expr.whole(0).cast("float64")))
    both = some.union(none)
    sums = {name: both[name].sum().cast("int64") for name in COUNTS}
    return both.group_by("bucket").aggregate(**sums)


def _before(counted: Table, grain: Grain) -> Table:
    """Return steps with `was_active`: how many were active in the step just before."""
    last = along.in_row_before(counted.bucket, counted, "bucket")
    was = along.in_row_before(counted.active, counted, "bucket")
    is_next = counted.bucket - last < LENGTHS[grain] + LENGTHS[grain] // 2
    return counted.mutate(was_active=is_next.ifelse(was, 0))
