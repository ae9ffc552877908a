"""Weeks or days as a model is fitted to them: money from costs, outcomes from the ledger, holidays, controls.

A channel is the source of costs. Weeks run from Monday to Sunday in the site's time zone; of days there are
whole weeks too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
from zoco.ledger.asking.filters import GOAL, Filter, filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.stats.mix import Model, Saturation, Season, Series, daily

WEEK = timedelta(days=7)
RUN_IN = 8
"""So many weeks of spending before the first outcome: what they brought may come later."""
WEEKS_MOST = 520
CHANNELS_MOST = 8
SPENT_AT_LEAST = {7: 8, 1: 28}
"""On so many weeks, or days, money is spent on a channel that is told by itself."""
EMPTY_MOST = 0.05
"""On more days nothing came: then days are too sparse to be told by normal noise."""
BLANK_MOST = 28
"""On more days at the start nothing was spent and nothing came: then nothing is known of them."""
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
    by currency that no rate was in force for; they are in no channel. `days` is how long a period is: 7, or 1
    where "week" means a day everywhere here. `controls` have a number a period by key; `carried` is in how
    many periods a control's last known day stood for it, `unknown` why others are not in the model.
    """

    first_on: date
    run_in: int
    spend: dict[str, list[float]]
    outcome: list[float]
    holidays: list[float]
    gathered: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    others: dict[str, float] = field(default_factory=dict)
    days: int = 7
    controls: dict[str, list[float]] = field(default_factory=dict)
    carried: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, list[Any]] = field(default_factory=dict)
    rare: list[str] = field(default_factory=list)
    """Channels of days whose costs stand on single days, as if a week's were typed on one."""
    unpaid: list[float] = field(default_factory=list)
    """Visits that nobody paid for, in the periods after the run-in; empty where too few are known."""

    @property
    def fitted(self) -> int:
        """How many weeks a model is fitted to."""
        return len(self.outcome) - self.run_in

    @property
    def starts(self) -> list[date]:
        """The first days of periods, those of the run-in among them."""
        return [self.first_on + timedelta(days=self.days * number) for number in range(len(self.outcome))]

    @property
    def is_daily(self) -> bool:
        """Whether a period is a day."""
        return self.days == 1

    @property
    def has_year(self) -> bool:
        """Whether a season of a year can be told."""
        return self.fitted * self.days >= SEASON_WEEKS * 7

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
            controls=np.column_stack([np.array(each) for each in self.controls.values()])
            if self.controls
            else np.empty((0, 0)),
            control_names=tuple(self.controls),
            holidays=np.array(self.holidays)[:, None] if has_holidays else np.empty((0, 0)),
            holiday_names=(HOLIDAYS,) if has_holidays else (),
            run_in=self.run_in,
        )

    def model(self, saturation: str) -> Model:
        """Return the model that as many weeks can carry: with a season from two years on."""
        if self.is_daily:
            return daily(Saturation(saturation), has_year=self.has_year)
        seasons = (Season(),) if self.has_year else ()
        return Model(saturation=Saturation(saturation), seasons=seasons)


def weeks_of(
    site: SiteInfo,
    first_on: date,
    count: int,
    *,
    is_revenue: bool,
    goal: str,
    country: str,
    now: datetime,
    days: int = 7,
) -> Weeks:
    """Put together `count` weeks from a Monday on, and those before that tell of spending alone.

    The outcome is revenue or conversions, of one goal where it is named; with `days` of 1 in days. Raises
    WeeksWrong, FilterWrong.
    """
    period = Period(first_on, first_on + count * WEEK - timedelta(days=1), site.zone)
    since, periods, run_in = first_on - RUN_IN * WEEK, count * 7 // days, RUN_IN * 7 // days
    with_run_in = Period(since, period.last, site.zone)
    _sources_check(sources_count(site, with_run_in))
    spent, others = daily_costs(site, with_run_in)
    rows: dict[str, list[float]] = defaultdict(lambda: [0.0] * (periods + run_in))
    for (on, source), amount in spent.items():
        rows[source or UNNAMED][(on - since).days // days] += float(amount)
    if not rows:
        raise WeeksWrong(gettext_noop(
            "No costs are known of these weeks. Write down, or import, what was spent on campaigns; "
            "each source of costs is a channel."
        ))  # fmt: skip
    outcome = outcomes_of(site, period, is_revenue=is_revenue, goal=goal, now=now, days=days)
    _blank_check(period, rows, outcome, days, run_in)
    found = Weeks(
        since, run_in, {}, [0.0] * run_in + outcome, _holidays(since, periods + run_in, country, days)
    )
    found.days = days
    found.others = {currency: float(total) for currency, total in others.items()}
    _share_out(found, dict(rows))
    if found.is_daily:
        _days_check(found)
    return found


def _sources_check(count: int) -> None:
    if count > SOURCES_MOST:
        raise WeeksWrong(
            gettext_noop(
                "The costs of these weeks have %(count)s sources; a model looks at %(most)s at most, of "
                "which it tells %(told)s apart. Import them again with fewer sources, or choose other weeks."
            ),
            count=count,
            most=SOURCES_MOST,
            told=CHANNELS_MOST,
        )


def _blank_check(
    period: Period, rows: dict[str, list[float]], outcome: list[float], days: int, run_in: int
) -> None:
    """Refuse a start of which nothing is known: as noughts it would be a time without sales."""
    spent = [sum(amounts) for amounts in zip(*rows.values(), strict=True)][run_in:]
    known = (at for at, both in enumerate(zip(spent, outcome, strict=True)) if any(both))
    blank = next(known, len(outcome)) * days
    if blank > BLANK_MOST:
        raise WeeksWrong(
            gettext_noop(
                "Nothing was spent and nothing came before %(day)s, so these weeks tell nothing. Choose "
                "%(weeks)s weeks or fewer; a model needs a year of them."
            ),
            day=(period.first + timedelta(days=blank)).isoformat(),
            weeks=-(-(period.days - blank) // 7),
        )


def _days_check(found: Weeks) -> None:
    """Refuse days on which too often nothing came; note channels whose costs stand on single days."""
    outcome = found.outcome[found.run_in :]
    empty = sum(amount == 0 for amount in outcome)
    if empty > EMPTY_MOST * len(outcome):
        raise WeeksWrong(
            gettext_noop(
                "Days are too sparse: nothing came on %(empty)s of %(all)s days, and a model of days needs "
                "something on 19 of 20. Choose weeks, or an outcome that comes more often."
            ),
            empty=empty,
            all=len(outcome),
        )
    for name, row in found.spend.items():
        spent = [amount > 0 for amount in row]
        alone = [
            each and not (spent[at - 1] or spent[(at + 1) % len(spent)]) for at, each in enumerate(spent)
        ]
        if sum(alone) > sum(spent) / 2:
            found.rare.append(name)


def _share_out(found: Weeks, rows: dict[str, list[float]]) -> None:
    """Let channels that can be told by themselves be so; put the others together. Raises WeeksWrong."""
    least = SPENT_AT_LEAST[found.days]

    def told(row: list[float]) -> bool:
        return sum(amount > 0 for amount in row[found.run_in :]) >= least

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
        words = gettext_noop(
            "No channel had costs on at least %(least)s days, so nothing can be told of any. Choose weeks, "
            "or come back when more is known."
        ) if found.is_daily else gettext_noop(
            "No channel had costs in at least %(least)s weeks, so nothing can be told of any. Choose "
            "more weeks, or come back when more is known."
        )  # fmt: skip
        raise WeeksWrong(words, least=least)


def outcomes_of(
    site: SiteInfo, period: Period, *, is_revenue: bool, goal: str, now: datetime, days: int
) -> list[float]:
    """Return what came in each period of so many days: revenue or conversions, all or of a goal."""
    filters = filters_read({f"f.{GOAL}": [goal]}, lambda: goals_of(site.id)) if goal else ()
    return counted(site, period, "revenue" if is_revenue else "conversions", filters, now=now, days=days)


def counted(
    site: SiteInfo, period: Period, measure: str, filters: Sequence[Filter], *, now: datetime, days: int
) -> list[float]:
    """Return a measure of the report on traffic in each period of so many days."""
    question = Question(site, period, compare="none", filters=tuple(filters), params={"grain": "day"})
    found = [0.0] * (period.days // days)
    for row in ask(report_named("traffic"), question, now=now).rows:
        start = next(value for value in row.key.values() if isinstance(value, datetime))
        found[(start.date() - period.first).days // days] += float(row.values[measure] or 0)
    return found


def _holidays(since: date, count: int, country: str, days: int) -> list[float]:
    """Return which share of each period's days is a public holiday; 0 without a country."""
    if not country:
        return [0.0] * count
    whole = count * days
    years = range(since.year, (since + timedelta(days=whole)).year + 1)
    known = holidays.country_holidays(country, years=years)
    is_one = [since + timedelta(days=number) in known for number in range(whole)]
    return [sum(is_one[at : at + days]) / days for at in range(0, whole, days)]


def countries() -> list[str]:
    """Return the countries whose public holidays are known, by ISO 3166."""
    return sorted(code for code in holidays.list_supported_countries() if len(code) == 2)


def mondays(now: date, count: int) -> date:
    """Return the Monday that begins the last `count` whole weeks before a day."""
    this = now - timedelta(days=now.weekday())
    return this - count * WEEK
