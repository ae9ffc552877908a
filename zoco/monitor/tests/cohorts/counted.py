"""Retention counted the long way: everybody by himself, and steps by the calendar."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from zoco.kit.periods import Grain, Period, bucket_start
from zoco.ledger.schema import Fact

Done = Callable[[Fact], bool]
Counted = dict[tuple[date, int], tuple[int, int | None]]
"""By cohort and step: how many there are, and how many came back, None while the step is not over."""
MOST = 12
SPANS = {"bracket": ((0, 0), (1, 1), (2, 4), (5, 9), (10, 30))}
"""By kind: the first and the last step of what counts as one."""


def counted(
    facts: Sequence[Fact], period: Period, grain: Grain, week_start: int, first: Done, back: Done, kind: str
) -> Counted:
    """Return all figures of a report on retention."""
    cohorts: dict[date, list[set[int]]] = {}
    for who in {each.visitor for each in facts if each.visitor}:
        mine = [each for each in facts if each.visitor == who]
        began = min((each.occurred_at for each in mine if first(each)), default=period.end)
        if period.start <= began < period.end:
            cohort = bucket_start(_day(began, period.zone), grain, week_start)
            later = [each.occurred_at for each in mine if back(each) and each.occurred_at >= began]
            days = [bucket_start(_day(at, period.zone), grain, week_start) for at in later]
            cohorts.setdefault(cohort, []).append({_number(cohort, day, grain) for day in days})
    newest = bucket_start(_day(max(each.occurred_at for each in facts), period.zone), grain, week_start)
    found: Counted = {}
    for cohort, people in cohorts.items():
        running = _number(cohort, newest, grain)
        for step, last in SPANS.get(kind, [(step, step) for step in range(MOST + 1)]):
            if step <= running:
                came = sum(_came(steps, step, last, kind) for steps in people)
                found[cohort, step] = (len(people), came if last < running else None)
    return found


def _came(steps: set[int], step: int, last: int, kind: str) -> bool:
    if kind == "rolling":
        return max(steps, default=-1) >= step
    return any(step <= each <= last for each in steps)


def _day(at: int, zone: str) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)).date()


def _number(cohort: date, day: date, grain: Grain) -> int:
    if grain == "month":
        return 12 * (day.year - cohort.year) + day.month - cohort.month
    return (day - cohort).days // (7 if grain == "week" else 1)
