"""When a schedule is due, on the site's clock, and which days its report is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zoco.kit.periods import Period, bucket_start

# Longer than any month, so that each rhythm has a slot on either side.
DAYS_MOST = 40


@dataclass(frozen=True, slots=True)
class Timing:
    """`every` is day, week or month; weekdays count from 0 for Monday, days of the month from 1 to 28."""

    every: str
    weekday: int
    month_day: int
    hour: int
    zone: str

    def newest(self, now: datetime) -> datetime:
        """Return the last moment at or before `now` at which it was due."""
        return next(at for day in self._days(now, -1) if (at := self._at(day)) <= now)

    def following(self, now: datetime) -> datetime:
        """Return the first moment after `now` at which it is due."""
        return next(at for day in self._days(now, 1) if (at := self._at(day)) > now)

    def _days(self, now: datetime, step: int) -> Iterator[date]:
        today = now.astimezone(ZoneInfo(self.zone)).date()
        for number in range(-1, DAYS_MOST):
            day = today + timedelta(days=step * number)
            if self._is_day(day):
                yield day

    def _is_day(self, day: date) -> bool:
        if self.every == "week":
            return day.weekday() == self.weekday
        return day.day == self.month_day if self.every == "month" else True

    def _at(self, day: date) -> datetime:
        """Return the hour in UTC; one that the clock skips is an hour later, a repeated one the first."""
        return datetime.combine(day, time(self.hour), ZoneInfo(self.zone)).astimezone(UTC)


def period_of(rule: str, due_at: datetime, zone: str, week_start: int) -> Period:
    """Return the whole days before the day of a moment: yesterday, last week, last month or 30 days."""
    today = due_at.astimezone(ZoneInfo(zone)).date()
    day = timedelta(days=1)
    match rule:
        case "week":
            start = bucket_start(today, "week", week_start)
            return Period(start - 7 * day, start - day, zone)
        case "month":
            last = today.replace(day=1) - day
            return Period(last.replace(day=1), last, zone)
        case "30d":
            return Period(today - 30 * day, today - day, zone)
        case _:
            return Period(today - day, today - day, zone)
