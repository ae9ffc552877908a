"""What became of each fault: whether its incidents came in time, and named what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from zoco.monitor.alarms.cube import Cube
from zoco.monitor.alarms.detecting import Finding
from zoco.monitor.alarms.watched import FUNNEL
from zoco.testing.company.faults import Fault
from zoco.testing.company.plan import Calendar, Plan
from zoco.testing.company.replay import Episode
from zoco.testing.company.truth import Truth

ORDERS = ("orders", "revenue", "conversions", "funnel:1:4")
# For so long after a fault an incident is still told of it: windows reach back.
AFTER_HOURS = 24
# Within so many hours each kind must be found.
DELAYS = {
    "stop": 12,
    "step": 48,
    "tracker": 48,
    "falls": 48,
    "conversion": 48,
    "not_found": 6,
    "bots": 6,
    "spam": 6,
}


@dataclass(frozen=True, slots=True)
class Score:
    """What became of each fault: hours until it was found (-1: not in time), and whether named right."""

    found: list[tuple[Fault, int, bool]]
    false: list[Episode]
    weeks: float

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.false + other.false, self.weeks + other.weeks)


def scored(
    faults: Sequence[Fault], episodes: Sequence[Episode], cube: Cube, plan: Plan, truth: Truth, first: int
) -> Score:
    """Hold the incidents against the faults; those of the company's own waves of spam are right as well."""

    def hour(at: int) -> int:
        return cube.hour_at(datetime.fromtimestamp(at / 1_000_000, UTC), plan.zone)

    explained: set[int] = set()
    found = []
    for fault in faults:
        begins, ends = hour(fault.begins), hour(fault.ends)
        its = [each for each in episodes if begins < each.opened <= ends + AFTER_HOURS]
        explained |= {id(each) for each in its}
        in_time = [each for each in its if each.opened - begins <= DELAYS[fault.kind]]
        after = min((each.opened - begins for each in in_time), default=-1)
        found.append((fault, after, any(named_right(fault, each.found[0][1], each.kind) for each in in_time)))
    spam = [hour(_midnight(plan, day)) for day in truth.spam_waves]
    false = [
        each
        for each in episodes
        if id(each) not in explained
        and not (each.kind == "spam" and any(0 <= each.opened - begins <= 24 * 8 for begins in spam))
    ]
    return Score(found, false, (cube.hours - first) / 168)


def _midnight(plan: Plan, day: str) -> int:
    calendar = Calendar.of(plan)
    return int(calendar.midnights[[str(each) for each in calendar.dates].index(day)])


def named_right(fault: Fault, found: Finding, alarm: str) -> bool:
    """Say whether the first thing told of a fault names what it is: the right figure, the right part."""
    cause = found.cause
    names = {(cause.dimension, value) for value in cause.values} if cause else set()
    names |= {(name, value) for name, values in cause.also for value in values} if cause else set()
    if fault.kind == "stop":
        return cause is None and found.is_fall
    if fault.kind == "conversion":
        return found.measure in ORDERS and cause is None
    if fault.kind == "step":
        is_step = found.measure.startswith(FUNNEL) or found.measure in ORDERS
        return is_step and ((fault.column, fault.value) in names if fault.column else cause is None)
    if fault.kind == "tracker":
        return any(name in {"section", "path"} and value.startswith(fault.value) for name, value in names)
    if fault.kind == "falls":
        return (fault.column, fault.value) in names
    column = {"bots": "reason", "spam": "referrer_host", "not_found": "path"}[fault.kind]
    return alarm == fault.kind and (column, fault.value) in names
