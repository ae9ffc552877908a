"""Revenue by cohort: what those who came for the first time in a step of time have brought since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import people
from zoco.ledger.asking.worth import MONEY, amount_of
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, REPORTS, Choices, Dimension, Measure, Parameter, Params, Report
from zoco.monitor.reports.cohorts.retention import deed_of, deeds_offered
from zoco.monitor.reports.cohorts.returns import done, ever_of, now, starting, with_room
from zoco.monitor.reports.cohorts.spans import LENGTHS, STEPS_MOST, Span, is_within, room_days, unfolded
from zoco.monitor.reports.conversions.counted import with_net
from zoco.monitor.reports.funnels.chains import KEPT
from zoco.stats.means import MANY, mean_bounds

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo
    from zoco.monitor.reports.cohorts.returns import Deed

STEPS = tuple(Span(n, n) for n in range(STEPS_MOST + 1))
BOUND = _("mean ± 1.96 s / √n, s from what each person of the cohort brought")
FEW = _(
    "the cohort has fewer than 30 people, or fewer than 20 of them brought anything, or the step is not over"
)
BUYERS = 20
"""Of so many who brought something; of ten the interval of 95% holds the truth 85 times in a hundred, of none
it would be 0 to 0.
"""


@REPORTS.plug
class CohortRevenue(Report):
    """One row for each cohort and each step of time that has begun since, twelve at most."""

    key = "cohort_revenue"
    label = _("Revenue by cohort")
    question = _("How much do those who come for the first time bring, and how does it go on?")
    definition = _(
        "A cohort is everybody who did what is chosen as first, for the first time ever, in one day, week or "
        "month of the period, and fits the filters there. A known person counts once whatever the browser, "
        "else a browser. Revenue is what they brought from that moment on, less what was given back of it, "
        "in just that step, or up to its end; steps are those of the site's calendar, and those after the "
        "period count as well. By person is revenue divided by all people of the cohort, also those who "
        "brought nothing. The bounds are those within which the mean of such people lies with 95% "
        "confidence, if people decide independently of each other; there are none for fewer than 30 people, "
        "or where fewer than 20 brought anything. Of step 0 is revenue divided by that of step 0. A step "
        "that is not over by the newest fact of the site has no figures yet."
    )
    method = "Lumley, Diehr, Emerson, Chen (2002), Annu. Rev. Public Health 23, 151–169: mean ± 1.96 s / √n"
    picture = "grid"
    dimensions = (
        Dimension("cohort", pgettext_lazy("cohort", "Cohort"), "bucket"),
        Dimension("step", pgettext_lazy("cohort", "Steps since"), "number"),
    )
    uncertainty = _(
        "95% interval of the mean: mean ± 1.96 s / √n, from 30 people and 20 who brought anything on"
    )
    measures = (
        Measure(
            "people",
            pgettext_lazy("cohort", "People"),
            formula=_("number of people, or browsers, of the cohort"),
        ),
        Measure(
            "each",
            pgettext_lazy("cohort", "By person"),
            "money",
            may_lack=True,
            formula=_("revenue ÷ people of the cohort"),
        ),
        Measure("each_low", _("95% from"), "money", may_lack=True, lack=FEW, formula=BOUND),
        Measure("each_high", _("95% to"), "money", may_lack=True, lack=FEW, formula=BOUND),
        Measure(
            "revenue",
            _("Revenue"),
            "money",
            may_lack=True,
            formula=_("sum of what people of the cohort brought, less what was given back of it"),
        ),
        Measure(
            "share",
            pgettext_lazy("cohort", "Of step 0"),
            "percent",
            may_lack=True,
            formula=_("revenue ÷ revenue of step 0"),
        ),
    )
    parameters = (
        Parameter("grain", GRAIN.label, "month", GRAIN.choices[1:]),
        Parameter(
            "kind",
            pgettext_lazy("cohort", "Counted"),
            "step",
            (
                ("step", pgettext_lazy("cohort", "what came in that step")),
                ("so_far", pgettext_lazy("cohort", "what came up to its end")),
            ),
        ),
        Parameter("first", pgettext_lazy("cohort", "First time"), ""),
    )
    order = "cohort"
    counts = "rows"
    compares = False
    position = 19

    def given(self, site: SiteInfo, params: Params) -> Deed:
        """Return what makes a cohort. Raises ParameterWrong for an unknown goal."""
        return deed_of(site, str(params["first"]))

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return the goals of the site that are facts."""
        return {"first": deeds_offered(site)}

    def query(self, facts: Facts, params: Params) -> Table:
        grain = cast("Grain", params["grain"])
        room, long = room_days(grain, STEPS), LENGTHS[grain]
        begun = _begun(facts, grain, room)
        paid = _by_person(_paid(facts, begun, grain, room), long, is_so_far=params["kind"] == "so_far")
        cohorts = begun.group_by("cohort").aggregate(people=begun.count())
        whole = cohorts.left_join(paid, cohorts.cohort == paid.of_cohort).drop("of_cohort")
        rows = whole.cross_join(now(facts, grain, room))
        return _told(unfolded(rows, STEPS, long, "sum", "squares", "buyers")).select(*self.columns)


def _begun(facts: Facts, grain: Grain, room: int) -> Table:
    """Return who began within the period and fits the filters there: who, began_at, cohort."""
    ever = ever_of(facts.whole_visits)
    rows = ever.where(lambda rows: done(ever, rows, facts.given))
    marked = rows.select(*KEPT, starts=starting(facts, rows))
    told = people.told_apart(facts.known(marked))
    each = told.group_by("who").aggregate(
        began_at=told.occurred_at.min(), started_at=told.occurred_at.min(where=told.starts)
    )
    new = each.filter(each.began_at == each.started_at)
    return new.select("who", "began_at", cohort=with_room(facts, room).bucket(new.began_at, grain))


def _paid(facts: Facts, begun: Table, grain: Grain, room: int) -> Table:
    """Return what they brought since: who, cohort, gap (as in `returns.everybody`), net."""
    ever = ever_of(facts.whole_visits)
    brought = with_net(ever.where(lambda rows: rows.amount_site > expr.money(0)), ever, (MONEY,))
    told = people.told_apart(facts.known(brought.select(*KEPT, "net")))
    both = told.join(begun, "who")
    later = both.filter(both.occurred_at >= both.began_at)
    bucket = with_room(facts, room).bucket(later.occurred_at, grain)
    return later.select("who", "net", of_cohort=later.cohort, gap=bucket - later.cohort)


def _by_person(paid: Table, long: int, *, is_so_far: bool) -> Table:
    """Return one row a cohort: of_cohort, and sum_0, squares_0 … of what each of its people brought."""
    none = expr.money(0)
    sums = {}
    for span in STEPS:
        inside = is_within(paid.gap, Span(0, span.last) if is_so_far else span, long)
        sums[f"net_{span.first}"] = inside.ifelse(paid.net, none).sum()
    each = paid.group_by("who", "of_cohort").aggregate(**sums)
    told = {f"sum_{span.first}": each[f"net_{span.first}"].sum() for span in STEPS}
    for span in STEPS:
        one = each[f"net_{span.first}"].cast("float64")
        told[f"squares_{span.first}"] = (one * one).sum()
        told[f"buyers_{span.first}"] = expr.ones(each[f"net_{span.first}"] != none).sum()
    return each.group_by("of_cohort").aggregate(**told)


def _told(rows: Table) -> Table:
    """Return figures of those steps that are over; nobody of a cohort may have brought anything."""
    total = rows.sum.fill_null(0).cast("decimal(38,4)")
    floating, count = total.cast("float64"), rows.people.cast("float64")
    low, high = mean_bounds(floating, rows.squares.fill_null(0.0), (count > 1).ifelse(count, 2.0))
    is_sure = rows.is_over & (rows.people >= MANY) & (rows.buyers.fill_null(0) >= BUYERS)
    first = rows.sum_0.fill_null(0)
    return rows.mutate(
        each=expr.only_if(rows.is_over, amount_of(floating / count)),
        each_low=expr.only_if(is_sure, amount_of(low)),
        each_high=expr.only_if(is_sure, amount_of(high)),
        revenue=expr.only_if(rows.is_over, total.cast("decimal(18,4)")),
        share=expr.only_if(rows.is_over, expr.share(total, first)),
    )
