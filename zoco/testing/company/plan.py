"""How large the company is, which days it lives through, and how busy each of them is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import micros, midnight

WEEKDAYS = (1.06, 1.05, 1.03, 1.0, 0.95, 0.88, 1.03)
QUIET = {(12, 24): 0.7, (12, 25): 0.45, (12, 31): 0.6, (1, 1): 0.45, (1, 6): 0.5, (8, 15): 0.7}


@dataclass(frozen=True, slots=True)
class Banner:
    """What the consent banner shows, as a choice keeps it for its proof."""

    language: str
    text: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make. `until` is an aware moment: nothing happens after it, its local day is the last.

    `banners` are the words of the consent banner by language; without one only its language is kept.
    """

    site: int
    until: datetime
    visitors: int = 50_000
    days: int = 365
    seed: int = 1
    zone: str = "Europe/Madrid"
    host: str = "alacena.example"
    banners: Mapping[str, Banner] = field(default_factory=dict)

    @property
    def last(self) -> date:
        return self.until.astimezone(ZoneInfo(self.zone)).date()

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a plan. `midnights` has one entry more than there are days (UTC microseconds)."""

    dates: tuple[date, ...]
    midnights: NDArray[np.int64]
    weights: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, plan: Plan) -> "Calendar":
        """Lay out the days; the last one weighs as much of itself as `until` leaves."""
        dates = tuple(plan.first + timedelta(days=number) for number in range(plan.days))
        ends = (*dates, plan.last + timedelta(days=1))
        midnights = np.array([midnight(day, plan.zone) for day in ends], dtype=np.int64)
        trend = np.linspace(0.85, 1.15, plan.days)
        weights = trend * np.array([busyness(day) for day in dates])
        return cls(dates, midnights, weights)

    def day_of(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the local day of each moment; what lies behind the last day is `days`."""
        return np.searchsorted(self.midnights, at, side="right") - 1


def until_micros(plan: Plan) -> int:
    """Return the plan's last moment in UTC microseconds."""
    return micros(plan.until)


def busyness(day: date) -> float:
    """Return how busy a day is against the average: season, week, holidays, November's sale."""
    season = 1 + 0.16 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 345) / 365)
    level = season * WEEKDAYS[day.weekday()] * QUIET.get((day.month, day.day), 1.0)
    if day.month == 8:
        level *= 0.85
    if is_november_sale(day):
        level *= 1.6
    if day.month == 12 and day.day <= 20:
        level *= 1.25
    return level


def is_november_sale(day: date) -> bool:
    """Say whether the day lies in the week that ends with the Monday after Black Friday."""
    return day.month == 11 and 22 <= day.day <= 30


# Share of a day's visits that begin in each hour of the site's own clock.
HOURS = np.array(
    [9, 5, 3, 2, 2, 4, 10, 22, 36, 46, 52, 54, 52, 50, 48, 46, 47, 51, 56, 62, 68, 72, 58, 28],
    dtype=np.float64,
)


def seconds_of_day(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw local times of day, seconds since midnight, along the daily curve."""
    hour = rng.choice(24, size=count, p=HOURS / HOURS.sum())
    drawn: NDArray[np.float64] = (hour + rng.random(count)) * 3_600.0
    return drawn
