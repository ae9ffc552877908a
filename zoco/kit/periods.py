"""Periods: half-open spans of time in a site's own zone, safe over changes of the clock.

Days, weeks and months are local; bounds and everything stored are UTC microseconds.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from zoco.kit.said import Said

Grain = Literal["hour", "day", "week", "month"]
HOUR = 3_600_000_000
FAR = 7_258_118_400_000_000
"""The year 2200: later than any fact."""
_STEP = HOUR // 12
CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
}  # fmt: skip


class PeriodUnreadable(Said, ValueError):
    """The text is not a period."""


@cache
def zones_offered() -> tuple[str, ...]:
    """Return the zones among which people choose: those of places, which every browser knows as well."""
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in CONTINENTS))


@dataclass(frozen=True, slots=True)
class Offset:
    """From `since` (UTC microseconds) on, local time is UTC plus `micros`."""

    since: int
    micros: int


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days `first` to `last`, both included, in `zone`.

    `start` and `end` are UTC microseconds, half-open: start <= at < end. `until` ends the period earlier, at
    a moment of its own; 0 for the end of its last day.
    """

    first: date
    last: date
    zone: str
    until: int = 0

    def __post_init__(self) -> None:
        if self.last < self.first:
            words = "The period ends on %(last)s, before it begins on %(first)s."
            raise PeriodUnreadable(words, last=self.last, first=self.first)

    @classmethod
    def parse(cls, text: str, zone: str) -> "Period":
        """Read "2015-05-17..2015-05-20" or one day. Raises PeriodUnreadable."""
        first, _, last = text.partition("..")
        try:
            return cls(date.fromisoformat(first), date.fromisoformat(last or first), zone)
        except ValueError as error:
            if isinstance(error, PeriodUnreadable):
                raise
            words = "%(text)r is no period; write it as 2015-05-17..2015-05-20."
            raise PeriodUnreadable(words, text=text) from None

    @classmethod
    def last_days(cls, days: int, zone: str, *, now: datetime) -> "Period":
        """Return the `days` local days that end with today."""
        today = now.astimezone(ZoneInfo(zone)).date()
        return cls(today - timedelta(days=days - 1), today, zone)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> int:
        return midnight(self.first, self.zone)

    @property
    def end(self) -> int:
        end = midnight(self.last + timedelta(days=1), self.zone)
        return min(end, self.until) if self.until else end

    @property
    def horizon(self) -> int:
        """Up to which moment what followed is looked at: what was cut off stands as it did then."""
        return self.until or FAR

    def as_far_as(self, other: "Period", now: int) -> "Period":
        """Return this period cut off as long after its start as `now` lies after the other's.

        So what is not over yet is compared with as much as there is of it, to five minutes. It stays whole
        when the other is over or has not begun.
        """
        if not other.start < now < other.end:
            return self
        gone = (now - other.start) // _STEP * _STEP
        return Period(self.first, self.last, self.zone, self.start + max(gone, _STEP))

    def before(self) -> "Period":
        """Return the period of as many days that ends the day before this one."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    def offsets(self) -> list[Offset]:
        """Return the zone's offsets within the period, earliest first; never empty."""
        return zone_offsets(self.zone, self.start, self.end)

    def buckets(self, grain: Grain, week_start: int = 0) -> list[datetime]:
        """Return the local wall-clock starts of all hours, days, weeks or months of the period.

        They are naive and ascending. An hour that the clock repeats appears once, one that
        it leaves out appears nowhere. `week_start` is 0 for Monday to 6 for Sunday.
        """
        if grain == "hour":
            return _hours(self)
        day, starts = self.first, []
        while day <= self.last:
            starts.append(bucket_start(day, grain, week_start))
            day += timedelta(days=1)
        return [datetime.combine(start, time()) for start in dict.fromkeys(starts)]


def bucket_start(day: date, grain: Grain, week_start: int = 0) -> date:
    """Return the first day of the day's bucket, which may lie before the period."""
    if grain == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    return day.replace(day=1) if grain == "month" else day


def midnight(day: date, zone: str) -> int:
    """Return the first moment of the local day in UTC microseconds, also where 00:00 is skipped."""
    wall = datetime.combine(day, time(), ZoneInfo(zone))
    moment = micros(wall)
    landed = moment_at(moment).astimezone(ZoneInfo(zone))
    if landed.date() == day and (landed.hour or landed.minute):
        return _first_moment(day, zone, moment)
    return moment


def micros(moment: datetime) -> int:
    """Return an aware datetime as UTC microseconds, exact."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment_at(at_micros: int) -> datetime:
    """Return UTC microseconds as an aware datetime in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_micros)


@lru_cache(maxsize=512)
def _offsets(zone: str, start: int, end: int) -> tuple[Offset, ...]:
    found = [Offset(start, _offset(zone, start))]
    step = start
    while step < end:
        following = min(step + 24 * HOUR, end)
        if _offset(zone, following) != found[-1].micros:
            moment = _change(zone, step, following)
            found.append(Offset(moment, _offset(zone, moment)))
            step = moment
            continue
        step = following
    return tuple(offset for offset in found if offset.since < end)


def zone_offsets(zone: str, start: int, end: int) -> list[Offset]:
    """Return the offsets of a zone in force within start <= at < end, earliest first."""
    return list(_offsets(zone, start, end))


def _offset(zone: str, at_micros: int) -> int:
    delta = moment_at(at_micros).astimezone(ZoneInfo(zone)).utcoffset()
    if delta is None:
        raise PeriodUnreadable("The zone %(zone)s states no offset.", zone=zone)
    return round(delta.total_seconds()) * 1_000_000


def _change(zone: str, low: int, high: int) -> int:
    """Find the moment in low < at <= high at which the offset changes, to the second."""
    before = _offset(zone, low)
    low, high = low // 1_000_000, high // 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * 1_000_000) == before:
            low = middle
        else:
            high = middle
    return high * 1_000_000


def _first_moment(day: date, zone: str, near: int) -> int:
    for offset in zone_offsets(zone, near - 3 * HOUR, near + 3 * HOUR)[1:]:
        if moment_at(offset.since).astimezone(ZoneInfo(zone)).date() == day:
            return offset.since
    return near


def _hours(period: Period) -> list[datetime]:
    zone = ZoneInfo(period.zone)
    starts: dict[datetime, None] = {}
    at = period.start
    while at < period.end:
        local = moment_at(at).astimezone(zone).replace(tzinfo=None)
        starts[local.replace(minute=0, second=0, microsecond=0)] = None
        at += HOUR // 2
    return sorted(starts)
