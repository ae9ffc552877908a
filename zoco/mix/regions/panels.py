"""What regions of a country did in whole weeks, from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import numpy as np
from django.utils.translation import gettext_noop

from zoco.kit.periods import Period
from zoco.ledger.asking.answer import Row
from zoco.ledger.asking.ask import ask_all
from zoco.ledger.asking.filters import GOAL, filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.mix.weeks import WEEK, WeeksWrong
from zoco.stats.incrementality import Panel

SEEN_DAYS = 365
LEAST_SHARE = 0.5
"""A region has something in so many of the weeks before a test, or it can be compared with nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region of a country, as both are coded."""

    country: str
    region: str


@dataclass(slots=True)
class Regions:
    """Outcomes by region and week; `left_out` are regions in which too few weeks had any."""

    first_on: date
    outcomes: dict[str, list[float]]
    left_out: list[str]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "first_on": self.first_on.isoformat(),
            "outcomes": self.outcomes,
            "left_out": self.left_out,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Regions:
        """Return what was kept."""
        return cls(date.fromisoformat(kept["first_on"]), kept["outcomes"], kept["left_out"])

    def panel(self) -> Panel:
        """Return it for the mathematics."""
        return Panel(
            tuple(self.outcomes), np.column_stack([np.array(each) for each in self.outcomes.values()])
        )


def regions_of(
    site: SiteInfo,
    first_on: date,
    count: int,
    *,
    country: str,
    is_revenue: bool,
    goal: str,
    now: datetime,
    kept: frozenset[str] = frozenset(),
    before: int | None = None,
) -> Regions:
    """Return what regions did in `count` weeks from a Monday on.

    Regions with something in fewer than half of the first `before` weeks are left out unless they are in
    `kept`. With None all weeks count but those before anything came at all, which are no past: they are not
    in what is returned. Raises WeeksWrong, FilterWrong.
    """
    period = Period(first_on, first_on + count * WEEK - timedelta(days=1), site.zone)
    asked = {"f.country": [country]} | ({f"f.{GOAL}": [goal]} if goal else {})
    filters = filters_read(asked, lambda: goals_of(site.id))
    question = Question(site, period, compare="none", filters=filters, params={"grain": "day"})
    _answer, rows = ask_all(report_named("regional"), question, now=now)
    found = _by_week(rows, first_on, count, "revenue" if is_revenue else "conversions")
    silent = _silent(found) if before is None else 0
    found = {name: weeks[silent:] for name, weeks in found.items()}
    told = before or count - silent

    def is_told(name: str) -> bool:
        return sum(each > 0 for each in found[name][:told]) >= LEAST_SHARE * told

    told_ones = {name: found[name] for name in sorted(found) if name in kept or is_told(name)}
    if not told_ones:
        raise WeeksWrong(gettext_noop(
            "In these weeks nothing is known by region. Regions come from a file of places that whoever runs "
            "this installation sets up."
        ))  # fmt: skip
    return Regions(first_on + silent * WEEK, told_ones, sorted(set(found) - set(told_ones)))


def _by_week(rows: Iterable[Row], first_on: date, count: int, measure: str) -> dict[str, list[float]]:
    """Return a measure by region in each of so many weeks; nothing is left out."""
    found: dict[str, list[float]] = {}
    for row in rows:
        start = cast("datetime", row.key["bucket"])
        weeks = found.setdefault(str(row.key["region"]), [0.0] * count)
        weeks[(start.date() - first_on).days // 7] += float(row.values[measure] or 0)
    return found


def _silent(found: dict[str, list[float]]) -> int:
    """Return how many weeks passed before anything came from any region."""
    firsts = (next((at for at, each in enumerate(weeks) if each > 0), 0) for weeks in found.values())
    return min(firsts, default=0)


def places(site: SiteInfo, now: datetime) -> list[Place]:
    """Return the regions from which visits of the last year came, those with most visitors first."""
    today = now.date()
    period = Period(today - timedelta(days=SEEN_DAYS - 1), today, site.zone)
    _answer, rows = ask_all(report_named("regions"), Question(site, period, compare="none"), now=now)
    return [Place(str(row.key["country"]), str(row.key["region"])) for row in rows]
