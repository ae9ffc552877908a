"""Productivity: what bought ads cost, and what came of it."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.campaigns.reports import customers, spent
from zoco.ledger import expr, metrics
from zoco.ledger.asking.filters import of_goals_chosen
from zoco.ledger.asking.goals import any_reached
from zoco.ledger.asking.worth import by_touch
from zoco.ledger.expr import Table, Value
from zoco.ledger.pictures.visitors import of_days
from zoco.ledger.report import REPORTS, Dimension, Measure, Missing, Parameter, Params, Report

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

CAMPAIGN = Dimension("campaign", _("Campaign"), "text", "campaign")
CHANNEL = Dimension("channel", _("Source channel"), "channel", "channel")
CREATIVE = Dimension("content", _("Campaign content"), "text", "content")
BY: dict[str, tuple[Dimension, ...]] = {
    "campaign": (CAMPAIGN,), "channel": (CHANNEL,), "creative": (CAMPAIGN, CREATIVE),
}  # fmt: skip
OF_COSTS = ("campaign", "channel", "source", "medium", "content")
"""By these costs can be filtered as visits can."""
MONEY = "decimal(18,4)"
NO_COST = _("no cost is written down, or an exchange rate is missing")


def _money(name: str, label: object, lack: object, **more: object) -> Measure:
    return Measure(name, label, "money", may_lack=True, lack=lack, **more)  # type: ignore[arg-type]


@REPORTS.plug
class Productivity(Report):
    """One row for each campaign, source channel or creative with a cost, a visit or a plan."""

    key = "productivity"
    area = "attract"
    label = _("Productivity")
    question = _("What do ads cost, and what comes of it?")
    definition = of_days(
        _(
            "Cost is what was written down or imported for the days, without VAT unless chosen otherwise, "
            "each day's in the site's currency at the rate in force on it; where some has no rate, there is "
            "none. Planned is the share of the campaigns' plans, or budgets, that falls on the days, day by "
            "day alike. Impressions and clicks are as the sellers of ads count them, visits, conversions and "
            "revenue as this site does, of visits that bear the campaign, channel or creative. Margin is "
            "revenue times the campaign's margin. Cost per visitor who converted is cost by distinct "
            "visitors with a conversion, customers or not. New customers are those whose first order ever "
            "was placed in the period on a visit of the row; customers from before ordered there, and not "
            "for the first time. A known person counts once whatever the browser, and who did not consent is "
            "somebody else each day, so that some who come again look new; an order counts though it was "
            "given back. Cost per new customer (CAC) is the whole cost by these alone. ROAS is revenue by "
            "cost. Payback is in how many days at this pace the margin, or the revenue where no margin is "
            "known, covers the cost: days of the period times cost by margin. Visits are credited to where "
            "they came from, which is no proof that they would not have come without ads."
        )
    )
    method = "Farris, Bendle, Pfeifer, Reibstein (2010), Marketing Metrics, 2nd ed., ch. 5 and 10"
    picture = "bars"
    dimensions = BY["campaign"]
    measures = (
        _money(
            "cost",
            _("Cost"),
            NO_COST,
            adds_up=True,
            formula=_("sum of costs of the days, in the site's currency"),
        ),
        _money(
            "planned",
            pgettext_lazy("cost", "Planned"),
            _("there is no plan"),
            adds_up=True,
            formula=_("sum of plans × days of them in the period ÷ days of the plan"),
        ),
        Measure(
            "impressions",
            _("Impressions"),
            adds_up=True,
            may_lack=True,
            formula=_("sum of what the sellers of ads counted"),
        ),
        Measure(
            "clicks",
            _("Clicks"),
            adds_up=True,
            may_lack=True,
            formula=_("sum of what the sellers of ads counted"),
        ),
        Measure("visitors", _("Visitors"), formula=_("number of distinct visitors")),
        Measure("sessions", _("Sessions"), formula=_("number of distinct visits")),
        Measure(
            "conversions",
            _("Conversions"),
            adds_up=True,
            may_lack=True,
            tells_of_few=True,
            formula=_("number of facts that reach a goal of the definition of conversions"),
        ),
        Measure(
            "revenue",
            _("Revenue"),
            "money",
            adds_up=True,
            tells_of_few=True,
            formula=_("sum of what facts brought, in the site's currency"),
        ),
        _money(
            "margin",
            pgettext_lazy("money", "Margin"),
            _("no margin of the campaign is known"),
            formula=_("revenue × margin of the campaign in per cent ÷ 100"),
        ),
        _money(
            "cac",
            _("Cost per visitor who converted"),
            _("there is no cost, or nobody converted"),
            formula=_("cost ÷ distinct visitors with a conversion"),
        ),
        Measure(
            "new_customers",
            _("New customers"),
            adds_up=True,
            tells_of_few=True,
            formula=_("number of people whose first order was placed here"),
        ),
        Measure(
            "earlier_customers",
            _("Customers from before"),
            tells_of_few=True,
            formula=_("number of people who ordered here, and before"),
        ),
        _money(
            "cac_new",
            _("Cost per new customer (CAC)"),
            _("there is no cost, or nobody ordered for the first time"),
            formula=_("cost ÷ new customers"),
        ),
        Measure(
            "roas",
            _("Return on ad spend"),
            "points",
            may_lack=True,
            lack=NO_COST,
            formula=_("revenue ÷ cost"),
        ),
        Measure(
            "payback",
            _("Payback in days"),
            "points",
            may_lack=True,
            lack=_("nothing pays it back"),
            formula=_("cost ÷ margin × days of the period; revenue instead of margin where none is known"),
        ),
    )
    parameters = (
        Parameter("by", pgettext_lazy("crossed", "Rows"), "campaign", (
            ("campaign", _("Campaign")), ("channel", _("Source channel")),
            ("creative", _("Campaign and creative")),
        )),
        Parameter("vat", _("Costs"), "net", (("net", _("without VAT")), ("gross", _("with VAT")))),
    )  # fmt: skip
    order = "-cost"
    uses_conversions = True
    gives_by_period = True
    permission = "zoco_campaigns.view_cost"
    position = 20

    def turned(self, params: Params) -> Report:
        """Return the report by what was chosen."""
        return _by(str(params["by"]))

    def given_in(self, site: SiteInfo, params: Params, period: Period) -> tuple[str, ...]:
        """Return the costs of a period, and how many days it has."""
        with_creatives = params["by"] == "creative"
        listed = spent.costs_listed(site, period, str(params["vat"]), with_creatives=with_creatives)
        return listed, str((period.last - period.first).days + 1)

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that nothing was written down yet."""
        from zoco.campaigns.models import Cost

        if Cost.objects.filter(campaign__site=site.id).exists():
            return None
        return Missing(
            _("No costs yet"),
            _("Import what you spent on ads, or write it down; then it stands beside what came of it."),
            _("Costs"),
            "zoco_costs",
        )

    def behind(self, facts: Facts) -> Table:
        """Return page views, what reached a goal, and what moved money."""
        facts = of_goals_chosen(facts)
        return facts.where(
            lambda rows: facts.is_view(rows) | any_reached(facts, rows, facts.goals) | (rows.amount_site != 0)
        )

    def overall(self, facts: Facts, params: Params) -> Table:
        """Return the whole cost, which is not known either where one row's is not."""
        facts, (listed, _days) = of_goals_chosen(facts), facts.given or ("", "1")
        rows = _costs(facts, listed, [each.name for each in BY[str(params["by"])]])
        return rows.aggregate(cost=expr.only_if(rows.lacks.sum() == 0, rows.cost.sum()))

    def query(self, facts: Facts, params: Params) -> Table:
        facts, (listed, written) = of_goals_chosen(facts), facts.given or ("", "1")
        days = expr.number_in(expr.text(written), "int64")
        names = [each.name for each in BY[str(params["by"])]]
        came = customers.beside(_came(facts, names), customers.customers(facts, *names), names)
        rows = _beside(came, _spent(facts, listed, names), names)
        if "campaign" in names:
            rows = rows.filter(rows.campaign != "")
        margin = expr.share(rows.revenue, expr.whole(100)) * rows.margin_percent.cast("float64")
        back = margin.fill_null(rows.revenue.cast("float64"))
        return rows.mutate(
            conversions=rows.conversions if facts.goals else expr.unknown(),
            margin=_money_of(margin),
            cac=_each(rows.cost, rows.converted),
            cac_new=_each(rows.cost, rows.new_customers),
            roas=expr.share(rows.revenue, rows.cost),
            payback=expr.only_if(back > 0, rows.cost.cast("float64") / back * days),
        ).select(*self.columns)


def _each(amount: Value, count: Value) -> Value:
    """Return the amount by a count, null where either is not there; engines compute behind a null too."""
    least = count + expr.ones(count == 0)
    found = _money_of(amount.fill_null(0).cast("float64") / least.cast("float64"))
    return expr.only_if(amount.notnull() & (count > 0), found)


def _money_of(number: Value) -> Value:
    """Return a number as money; by its digits, for one engine cuts what the other rounds."""
    return number.round(4).cast("string").cast(MONEY)


def _came(facts: Facts, names: list[str]) -> Table:
    """Return what visits brought."""
    visits = metrics.visits(facts.page_views, *names)
    went = visits.group_by(*names).aggregate(sessions=metrics.sessions_of(visits))
    return metrics.joined(by_touch(facts, *names), went, *names).drop("page_views")


def _spent(facts: Facts, listed: str, names: list[str]) -> Table:
    """Return what was spent and planned; of a row that some rate is missing for, no cost."""
    rows = _costs(facts, listed, names)
    return rows.mutate(cost=expr.only_if(rows.lacks == 0, rows.cost)).drop("lacks")


def _costs(facts: Facts, listed: str, names: list[str]) -> Table:
    """Return sums of what is listed; nothing under filters that say nothing of costs."""
    lines = expr.listed(listed, *spent.COLUMNS)
    columns = {each.column for each in facts.filters}
    if not columns <= set(OF_COSTS):
        lines = lines.filter(expr.never(lines))
    else:
        # A plan is of a whole campaign: it is no part of a channel, and of no creative.
        has_plans = names == ["campaign"] and columns <= {"campaign"}
        fits = facts.fits(lines) if has_plans else [lines.is_plan == "0", *facts.fits(lines)]
        lines = lines.filter(*fits) if fits else lines
    sums = {name: expr.number_in(lines[name], type_).sum() for name, type_ in spent.NUMBERS.items()}
    return lines.group_by(*names).aggregate(**sums)


def _beside(came: Table, costs: Table, names: list[str]) -> Table:
    """Put both side by side, with every row of either; nothing came of what only has a cost."""
    other = costs.rename({f"{name}_right": name for name in names})
    both = came.outer_join(other, [came[name] == other[f"{name}_right"] for name in names])
    keys = {name: both[name].fill_null(both[f"{name}_right"]) for name in names}
    counted = [name for name in came.columns if name not in names]
    return both.mutate(**keys, **{name: both[name].fill_null(0) for name in counted})


@cache
def _by(by: str) -> Report:
    """Return one report for each choice: what is asked is kept by it."""
    made = copy(REPORTS.get(Productivity.key))
    made.dimensions = BY[by]
    return made
