"""Weeks as a model is fitted to them: money by channel from costs, outcomes from the ledger, holidays.

A channel is the source of costs. Weeks run from Monday to Sunday in the site's time zone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import holidays
import numpy as np
from django.utils.translation import gettext_noop

from zoco.campaigns.reads import SOURCES_MOST, daily_costs, sources_count
from zoco.kit.periods import Period
from zoco.kit.said import Said
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import GOAL, filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.stats.mix import Model, Saturation, Season, Series

WEEK = timedelta(days=7)
RUN_IN = 8
"""So many weeks of spending before the first outcome: what they brought may come later."""
WEEKS_MOST = 520
CHANNELS_MOST = 8
SPENT_AT_LEAST = 8
SEASON_WEEKS = 105
"""Two years, from which a season of a year can be told from what happened once."""
REST, UNNAMED = "(rest)", "(no source)"
HOLIDAYS = "holidays"


class WeeksWrong(Said, ValueError):
    """There is nothing that a model could be fitted to; the message says why and what to do."""


@dataclass(slots=True)
class Weeks:
    """What is known of whole weeks. `spend` by channel and `outcome` have one number a week.

    The first `run_in` weeks tell of spending alone. `gathered` are channels that are part of the rest, as too
    little was spent on them by themselves; `left_out` are spent too seldom even so. `others` are costs
    by currency that no rate was in force for; they are in no channel.
    """

    first_on: date
    run_in: int
    spend: dict[str, list[float]]
    outcome: list[float]
    holidays: list[float]
    gathered: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    others: dict[str, float] = field(default_factory=dict)

    @property
    def fitted(self) -> int:
        """How many weeks a model is fitted to."""
        return len(self.outcome) - self.run_in

    @property
    def starts(self) -> list[date]:
        """The Mondays, those of the run-in among them."""
        return [self.first_on + number * WEEK for number in range(len(self.outcome))]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "first_on": self.first_on.isoformat(),
            **{name: getattr(self, name) for name in self.__slots__ if name != "first_on"},
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Weeks:
        """Return what was kept."""
        return cls(**{**kept, "first_on": date.fromisoformat(kept["first_on"])})

    def series(self) -> Series:
        """Return the weeks for the mathematics."""
        has_holidays = len(set(self.holidays[self.run_in :])) > 1
        return Series(
            tuple(self.spend),
            np.column_stack([np.array(each) for each in self.spend.values()]),
            np.array(self.outcome),
            holidays=np.array(self.holidays)[:, None] if has_holidays else np.empty((0, 0)),
            holiday_names=(HOLIDAYS,) if has_holidays else (),
            run_in=self.run_in,
        )

    def model(self, saturation: str) -> Model:
        """Return the model that as many weeks can carry: with a season from two years on."""
        seasons = (Season(),) if self.fitted >= SEASON_WEEKS else ()
        return Model(saturation=Saturation(saturation), seasons=seasons)


def weeks_of(
    site: SiteInfo, first_on: date, count: int, *, is_revenue: bool, goal: str, country: str, now: datetime
) -> Weeks:
    """Put together `count` weeks from a Monday on, and those before that tell of spending alone.

    The outcome is revenue or conversions, of one goal where it is named. Raises WeeksWrong, FilterWrong.
    """
    period = Period(first_on, first_on + count * WEEK - timedelta(days=1), site.zone)
    since = first_on - RUN_IN * WEEK
    with_run_in = Period(since, period.last, site.zone)
    if (count_of := sources_count(site, with_run_in)) > SOURCES_MOST:
        raise WeeksWrong(
            gettext_noop(
                "The costs of these weeks have %(count)s sources; a model looks at %(most)s at most, of "
                "which it tells %(told)s apart. Import them again with fewer sources, or choose other weeks."
            ),
            count=count_of,
            most=SOURCES_MOST,
            told=CHANNELS_MOST,
        )
    spent, others = daily_costs(site, with_run_in)
    rows: dict[str, list[float]] = defaultdict(lambda: [0.0] * (count + RUN_IN))
    for (on, source), amount in spent.items():
        rows[source or UNNAMED][(on - since).days // 7] += float(amount)
    if not rows:
        raise WeeksWrong(gettext_noop(
            "No costs are known of these weeks. Write down, or import, what was spent on campaigns; "
            "each source of costs is a channel."
        ))  # fmt: skip
    outcome = [0.0] * RUN_IN + _outcomes(site, period, is_revenue=is_revenue, goal=goal, now=now)
    found = Weeks(since, RUN_IN, {}, outcome, _holidays(since, count + RUN_IN, country))
    found.others = {currency: float(total) for currency, total in others.items()}
    _share_out(found, dict(rows))
    return found


def _share_out(found: Weeks, rows: dict[str, list[float]]) -> None:
    """Let channels that can be told by themselves be so; put the others together. Raises WeeksWrong."""

    def told(row: list[float]) -> bool:
        return sum(amount > 0 for amount in row[RUN_IN:]) >= SPENT_AT_LEAST

    largest = sorted(rows, key=lambda name: (-sum(rows[name]), name))
    own = [name for name in largest if told(rows[name])]
    own = own if len(own) <= CHANNELS_MOST else own[: CHANNELS_MOST - 1]
    small = [name for name in largest if name not in own]
    found.spend = {name: rows[name] for name in own}
    rest = [sum(amounts) for amounts in zip(*(rows[name] for name in small), strict=True)]
    if rest and told(rest):
        found.spend[REST], found.gathered = rest, small
    else:
        found.left_out = small
    if not found.spend:
        raise WeeksWrong(
            gettext_noop(
                "No channel had costs in at least %(least)s weeks, so nothing can be told of any. Choose "
                "more weeks, or come back when more is known."
            ),
            least=SPENT_AT_LEAST,
        )


def _outcomes(site: SiteInfo, period: Period, *, is_revenue: bool, goal: str, now: datetime) -> list[float]:
    filters = filters_read({f"f.{GOAL}": [goal]}, lambda: goals_of(site.id)) if goal else ()
    question = Question(site, period, compare="none", filters=filters, params={"grain": "day"})
    answer = ask(report_named("traffic"), question, now=now)
    found = [0.0] * (period.days // 7)
    for row in answer.rows:
        start = next(value for value in row.key.values() if isinstance(value, datetime))
        value = row.values["revenue" if is_revenue else "conversions"]
        found[(start.date() - period.first).days // 7] += float(value or 0)
    return found


def _holidays(since: date, count: int, country: str) -> list[float]:
    """Return which share of each week's days is a public holiday; 0 without a country."""
    if not country:
        return [0.0] * count
    years = range(since.year, (since + count * WEEK).year + 1)
    known = holidays.country_holidays(country, years=years)
    days = [since + timedelta(days=number) for number in range(7 * count)]
    is_one = [day in known for day in days]
    return [sum(is_one[at : at + 7]) / 7 for at in range(0, 7 * count, 7)]


def countries() -> list[str]:
    """Return the countries whose public holidays are known, by ISO 3166."""
    return sorted(code for code in holidays.list_supported_countries() if len(code) == 2)


def mondays(now: date, count: int) -> date:
    """Return the Monday that begins the last `count` whole weeks before a day."""
    this = now - timedelta(days=now.weekday())
    return this - count * WEEK
