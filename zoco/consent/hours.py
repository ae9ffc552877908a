"""When somebody's day is: hours of the wall clock in a time zone, also on days on which clocks change.

An hour that does not exist on a day begins with the moment after the gap; one that is there twice begins
with the first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEK = 7


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens_at` until `closes_at` (not included) on some weekdays, Monday as 0.

    Hours that close before they open go over midnight and belong to the day on which they open. The
    same time twice: all day. Without weekdays they never open.
    """

    opens_at: time
    closes_at: time
    weekdays: Collection[int] = range(WEEK)

    def next_open(self, at: datetime, zone: str) -> datetime | None:
        """Return the first moment from `at` on that lies within, None if there never is one."""
        clock = zone_named(zone)
        today = at.astimezone(clock).date()
        for number in range(-1, WEEK + 2):
            day = today + timedelta(days=number)
            if day.weekday() not in self.weekdays:
                continue
            opens, closes = self._of(day, clock)
            if at < closes:
                return max(at, opens)
        return None

    def _of(self, day: date, clock: ZoneInfo) -> tuple[datetime, datetime]:
        following = day + timedelta(days=1)
        if self.opens_at == self.closes_at:
            return _moment(day, time(0), clock), _moment(following, time(0), clock)
        closing = day if self.closes_at > self.opens_at else following
        return _moment(day, self.opens_at, clock), _moment(closing, self.closes_at, clock)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone; UTC for a name that is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _moment(day: date, at: time, clock: ZoneInfo) -> datetime:
    """Return the first moment at which a day's wall clock shows a time, or has passed it."""
    wall = datetime.combine(day, at, clock)
    moment = wall.astimezone(UTC)
    if moment.astimezone(clock).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _gap_end(wall, clock)


def _gap_end(wall: datetime, clock: ZoneInfo) -> datetime:
    """Return the moment after the gap into which a wall clock's time falls."""
    low, high = (
        wall.replace(fold=1).astimezone(UTC) - timedelta(hours=3),
        wall.astimezone(UTC) + timedelta(hours=3),
    )
    before = low.astimezone(clock).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(clock).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
