"""What alarms watch: each measure with the facts that it counts, and the dimensions by which it is parted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.schema import VERDICTS
from zoco.monitor.alarms.others.surveyed import ANSWERED, KNOWN, SAID_BY, SCORED, said
from zoco.monitor.reports.funnels.chains import STEPS_MOST
from zoco.stats.scores import DETRACTOR

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts

WHO = ("channel", "source", "campaign", "country", "device", "browser", "os", "language")
PAGE = "path"
# Made of paths, not a column: "/shop" and "/shop/honey" of "/shop/honey/17".
SECTION = "section"
PEOPLE = ("human",)
ROBOTS = ("bot", "ai", "headless")


@dataclass(frozen=True, slots=True)
class Watched:
    """A measure. `moments` returns rows with `at`, a moment, and the columns asked for.

    `given` is the measure of which it is a rate: page views and orders fall with visits, and that is no news
    of theirs. `value` names a column to sum, "" to count rows; `is_average`: by the count of `given`.
    """

    key: str
    label: StrOrPromise
    dimensions: tuple[str, ...]
    moments: Callable[[Facts, tuple[str, ...]], Table]
    verdicts: tuple[str, ...] = PEOPLE
    given: str = ""
    value: str = ""
    is_average: bool = False


def _began(facts: Facts, columns: tuple[str, ...]) -> Table:
    """Return visits at the moment of their first page view."""
    return metrics.visits(facts.page_views, *columns).rename(at="began")


def _views(facts: Facts, columns: tuple[str, ...]) -> Table:
    return _at(facts.page_views, columns)


def _rows(facts: Facts, columns: tuple[str, ...]) -> Table:
    return _at(facts.rows, columns)


def _conversions(facts: Facts, columns: tuple[str, ...]) -> Table:
    """Return the facts that are conversions of the site."""
    from zoco.ledger.asking.converting import goals_converting
    from zoco.ledger.asking.goals import any_reached

    goals = goals_converting(facts.site.id)
    rows = facts.where(lambda rows: any_reached(facts, rows, goals))
    return _at(rows.filter(rows.amount_site >= expr.money(0)), columns)


def _orders(facts: Facts, columns: tuple[str, ...]) -> Table:
    return _at(facts.named("shop.order.placed"), columns)


def _refunds(facts: Facts, columns: tuple[str, ...]) -> Table:
    """Return refunds, whoever wrote them down."""
    return _at(facts.named("shop.order.refunded"), columns)


def _not_found(facts: Facts, columns: tuple[str, ...]) -> Table:
    return _at(facts.where(lambda rows: rows.status.isin([404, 410])), columns)


def _failures(facts: Facts, columns: tuple[str, ...]) -> Table:
    return _at(facts.where(lambda rows: rows.status.between(500, 599)), columns)


def _money(facts: Facts, columns: tuple[str, ...]) -> Table:
    rows = facts.named("shop.order.placed")
    return rows.select(*columns, at=rows.occurred_at, worth=rows.amount_site.cast("float64"))


def _at(rows: Table, columns: tuple[str, ...]) -> Table:
    return rows.select(*columns, at=rows.occurred_at)


MEASURES: dict[str, Watched] = {
    each.key: each
    for each in (
        Watched("facts", _("Facts of any kind"), ("origin",), _rows, VERDICTS),
        Watched("visits", _("Visits"), (*WHO, "landing"), _began),
        Watched("page_views", _("Page views"), (*WHO, PAGE), _views, given="visits"),
        Watched("conversions", _("Conversions"), WHO, _conversions, given="visits"),
        Watched("orders", _("Orders"), WHO, _orders, given="visits"),
        Watched("revenue", _("Order value, before refunds"), WHO, _money, given="visits", value="worth"),
        Watched("answers", _("Answers to surveys"), SAID_BY, said(ANSWERED), KNOWN),
        Watched(
            "detractors", _("Detractors in surveys"), SAID_BY, said(SCORED, DETRACTOR), KNOWN, given="scores"
        ),
        Watched("scores", _("Answers from 0 to 10 in surveys"), SAID_BY, said(SCORED), KNOWN),
        Watched(
            "order_value",
            _("Average order value"),
            WHO,
            _money,
            given="orders",
            value="worth",
            is_average=True,
        ),
        Watched("refunds", _("Refunds"), WHO, _refunds, VERDICTS, given="orders"),
        Watched(
            "not_found",
            _("Pages not found"),
            (PAGE, "referrer_host", "reason", "country"),
            _not_found,
            VERDICTS,
        ),
        Watched("failures", _("Failed requests"), (PAGE, "browser", "country"), _failures, VERDICTS),
        Watched("bots", _("Facts of bots"), ("reason", "country", PAGE), _rows, ROBOTS),
        Watched("spam", _("Facts of spam"), ("referrer_host", "reason", "country", PAGE), _rows, ("spam",)),
    )
}
EVENT, GOAL, FUNNEL = "event:", "goal:", "funnel:"


def measure_named(key: str) -> Watched:
    """Return a measure; "event:signed.up" counts facts of a name, "goal:Thanks" the visits that reached it,
    "funnel:7:2" what is done as the second step on the way of the funnel of this key. Raises KeyError.
    """
    if key.startswith(FUNNEL):
        chosen, number = step_named(key)
        before = f"{FUNNEL}{chosen}:{number - 1}" if number > 1 else "visits"
        return Watched(key, lazy(_step_said, str)(chosen, number), WHO, _taken(chosen, number), given=before)
    if key.startswith(EVENT):
        name = key.removeprefix(EVENT)
        return Watched(key, name, WHO, lambda facts, columns: _at(facts.named(name), columns), given="visits")
    if key.startswith(GOAL):
        return Watched(key, key.removeprefix(GOAL), WHO, _reached(key.removeprefix(GOAL)), given="visits")
    return MEASURES[key]


def step_named(key: str) -> tuple[str, int]:
    """Return the key of a funnel and the number of a step of it. Raises KeyError."""
    chosen, _colon, number = key.removeprefix(FUNNEL).partition(":")
    if not (chosen.isascii() and chosen.isdigit() and number.isascii() and number.isdigit()):
        raise KeyError(key)
    if len(chosen) > 18 or not 1 <= int(number[:4]) <= STEPS_MOST:
        raise KeyError(key)
    return chosen, int(number[:4])


def _step_said(chosen: str, number: int) -> str:
    from zoco.monitor.funnels import Funnel

    kept = Funnel.objects.filter(pk=chosen).first()
    if kept is None or number > len(kept.steps):
        return _("step %(number)s of a funnel that is gone") % {"number": number}
    return _("%(funnel)s, step %(number)s: %(step)s") % {
        "funnel": kept.name, "number": number, "step": kept.steps[number - 1]
    }  # fmt: skip


def _taken(chosen: str, number: int) -> Callable[[Facts, tuple[str, ...]], Table]:
    """Return what is done as a step of a funnel on the way, at the moment when it is done."""

    def moments(facts: Facts, columns: tuple[str, ...]) -> Table:
        from zoco.ledger.report import ParameterWrong
        from zoco.monitor.reports.funnels.chains import taken
        from zoco.monitor.reports.funnels.drawn import funnel_of

        try:
            funnel = funnel_of(facts.site, chosen)
        except ParameterWrong:  # one of its goals is gone
            funnel = None
        if funnel is None or number > len(funnel.steps):
            return _rows(facts, columns).filter(expr.never)
        return taken(facts, funnel, number, columns)

    return moments


def _reached(name: str) -> Callable[[Facts, tuple[str, ...]], Table]:
    """Return the visits that reached a goal, at the moment when they began."""

    def moments(facts: Facts, columns: tuple[str, ...]) -> Table:
        from zoco.ledger.asking.filters import Filter
        from zoco.ledger.asking.goals import goals_of

        goals = tuple(each for each in goals_of(facts.site.id) if each.name == name)
        if not goals:
            return _began(facts, columns).filter(expr.never)
        reached = Filter("goal", "is", (name,), goals)
        return _began(replace(facts, filters=(*facts.filters, reached)), columns)

    return moments
