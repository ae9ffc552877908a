"""Facts in scope: what a report gets to see, already narrowed to site, period, filters and verdicts.

Tables are Ibis expressions; nothing is run. Columns are those of `ledger.schema`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zoco.kit.periods import Grain, Period
from zoco.ledger import expr
from zoco.ledger.asking.filters import FILTERABLE, GOAL, Filter
from zoco.ledger.asking.goals import Goal, any_of, any_reached, sessions_reached
from zoco.ledger.asking.statements.outlines import counting_ever, counting_in, key_of
from zoco.ledger.expr import Table, Value
from zoco.ledger.schema import VERDICTS
from zoco.ledger.sitebook import ELSEWHERE, NOBODYS, SiteInfo

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question

Condition = Callable[[Table], Value]
VIEW_NAMES = {"tracker": "web.page.viewed", "log": "web.page.served"}


@dataclass(frozen=True)
class Facts:
    """The facts that a question is about. `rows` are all of them, whatever their name.

    A page view is `web.page.viewed` on days on which the site counts by tracker, `web.page.served` on
    days on which it counts by log, and nothing on days that are given to an import.
    """

    site: SiteInfo
    period: Period
    filters: tuple[Filter, ...] = ()
    verdicts: tuple[str, ...] = ("human",)
    columns: frozenset[str] = frozenset()
    """The columns of facts that are needed, where that is known; empty for all."""
    goals: tuple[Goal, ...] = ()
    """The goals of the site, for a report that says that it needs them."""
    is_shared: bool = False
    """Whether strangers ask: nothing may be looked at beyond the filters."""
    with_nobodys: bool = False
    """Whether facts that belong to no site are among them."""
    given: Any = None
    """What `Report.given` said."""
    later_seconds: int = 0
    """How long after the period facts are among them as well."""
    earlier_seconds: int = 0
    """How long before it."""

    @classmethod
    def of(cls, question: Question, period: Period | None = None) -> Facts:
        """Return the facts of a question, or the same of another period."""
        return cls(question.site, period or question.period, question.filters, question.verdicts_chosen)

    @cached_property
    def rows(self) -> Table:
        """Facts of the chosen verdicts."""
        return self._scanned(*self._of_verdicts)

    @cached_property
    def all_verdicts(self) -> Table:
        """Facts of people, bots and everybody else."""
        return self._scanned()

    @cached_property
    def page_views(self) -> Table:
        """Page views of the chosen verdicts."""
        return self._scanned(*self._of_verdicts, self.is_view)

    @cached_property
    def evidence(self) -> Table:
        """What evidence there still is of the period: id, user_agent, client_hints, referrer."""
        from zoco.ledger.asking.statements.engines import table

        kept = table("evidence")
        return kept.filter(
            kept.site == key_of(self.site),
            kept.occurred_at >= expr.start_of(self.period),
            kept.occurred_at < expr.end_of(self.period),
        )

    def is_view(self, facts: Table) -> Value:
        """Return whether facts are page views: those of the origin that counted on their day."""
        is_wider = self.later_seconds or self.earlier_seconds
        origins = counting_ever(self.site) if is_wider else counting_in(self.site, self.period)
        if len(origins) == 1:
            return _is_view(facts, origins[0][1])
        counts = None
        for number, (since, origin) in enumerate(origins):
            part = _is_view(facts, origin)
            if number:
                part &= facts.occurred_at >= expr.moment(since)
            if number + 1 < len(origins):
                part &= facts.occurred_at < expr.moment(origins[number + 1][0])
            counts = part if counts is None else counts | part
        return counts

    @property
    def whole_visits(self) -> Facts:
        """Return the same without filters: what else happened in a visit. Not for strangers."""
        return self if self.is_shared else replace(self, filters=())

    def later(self, seconds: int) -> Facts:
        """Return the same with facts of so many seconds after the period, none later than its horizon."""
        return replace(self, later_seconds=seconds)

    def earlier(self, seconds: int) -> Facts:
        """Return the same with the facts of so many seconds before the period."""
        return replace(self, earlier_seconds=seconds)

    def fitting(self, rows: Table) -> Table:
        """Return those of rows of `whole_visits` that fit the filters."""
        return rows.filter(*self.fits(rows)) if self.filters else rows

    def fits(self, rows: Table) -> list[Value]:
        """Return for each filter whether rows of `whole_visits` fit it."""
        return [self._fits(rows, each) for each in self.filters]

    def named(self, *names: str) -> Table:
        """Return facts of these names, of the chosen verdicts."""
        return self.where(lambda facts: expr.among(facts.name, names))

    def where(self, condition: Condition) -> Table:
        """Return the facts for which a condition holds, of the chosen verdicts."""
        return self._scanned(*self._of_verdicts, condition)

    def known(self, rows: Table) -> Table:
        """Return rows of facts whose `person` is who it is known to be today: joined, merged, undone.

        Every report about people counts these. They need id, occurred_at, known and person.
        """
        from zoco.ledger.asking.people import resolved

        return resolved(rows, key_of(self.site))

    @property
    def _of_verdicts(self) -> list[Condition]:
        if set(self.verdicts) == set(VERDICTS):
            return []
        return [lambda facts: expr.among(facts.verdict, self.verdicts)]

    def _scanned(self, *conditions: Condition) -> Table:
        """Return the facts in scope that fulfil these as well, in one step: Ibis pays for each."""
        from zoco.ledger.asking.statements.engines import table

        facts, site = table("facts", self.columns), key_of(self.site)
        return facts.filter(
            facts.site.isin((site, NOBODYS)) if self.with_nobodys else facts.site == site,
            facts.occurred_at >= expr.start_of(self.period, self.earlier_seconds),
            facts.occurred_at < expr.end_of(self.period, self.later_seconds),
            *([facts.occurred_at < expr.horizon_of(self.period)] if self.later_seconds else []),
            *(self._fits(facts, each) for each in self.filters),
            *(condition(facts) for condition in conditions),
        )

    def _fits(self, facts: Table, filter: Filter) -> Value:
        """Return whether facts fit a filter; one by goals holds for whole sessions, and for facts alone."""
        if filter.column != GOAL:
            return _condition(facts, filter)
        inside = facts.session.isin(sessions_reached(self, filter.goals).session)
        # Such as an order that a server tells of: no visit holds it.
        inside |= (facts.session == 0) & any_reached(self, facts, filter.goals)
        return inside if filter.operator == "is" else ~inside

    def bucket(self, at: Value, grain: Grain) -> Value:
        """Return the site's hour, day, week or month in which a moment lies (a "bucket" dimension)."""
        return expr.bucket(at, self.period, grain, self.site.week_start if grain == "week" else 0)


def _is_view(facts: Table, origin: str) -> Value:
    """Return whether facts are page views of an origin. What a server saw itself is in its log already."""
    if origin == ELSEWHERE:
        return expr.never(facts)
    is_view = facts.name == VIEW_NAMES[origin]
    return is_view if origin == "tracker" else is_view & (facts.origin != "server")


def _condition(facts: Table, filter: Filter) -> Value:
    column = facts[filter.column]
    if FILTERABLE[filter.column].kind == "status":
        numbers = [int(value) for value in filter.values]
        return column.isin(numbers) if filter.operator == "is" else column.notin(numbers)
    if filter.operator == "is":
        return column.isin(filter.values)
    if filter.operator == "is_not":
        return column.notin(filter.values)
    if filter.operator in {"contains", "contains_not"}:
        fits = [column.contains(value) for value in filter.values]
    else:
        fits = [column.startswith(value) for value in filter.values]
    either = any_of(fits)
    return ~either if filter.operator.endswith("_not") else either
