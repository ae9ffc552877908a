"""The company's life with faults, looked at hour by hour as the worker does: what is found, when, and why.

Facts go through a store like any others; the counts are read once, and each look sees those before its hour.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking import goals
from zoco.ledger.asking.goals import Goal
from zoco.ledger.schema import decoder, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.monitor.alarms.causes import most_of, parts_of
from zoco.monitor.alarms.cube import Cube, cube_read
from zoco.monitor.alarms.detecting import Finding
from zoco.monitor.alarms.further.finding import further
from zoco.monitor.alarms.further.noting import MOST as LATER_MOST
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.others.silent import silence_found
from zoco.monitor.alarms.running import given_of
from zoco.monitor.alarms.usual import USUAL, rule_of
from zoco.monitor.alarms.watched import FUNNEL, MEASURES, measure_named
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.testing.company.building import company_days
from zoco.testing.company.faults import HOUR, Fault, spoilt
from zoco.testing.company.plan import Calendar, Plan
from zoco.testing.company.truth import Truth

# As `zoco.monitor.alarms.services.CALM`: after so many hours without a finding an incident is over.
CALM_HOURS, LATELY_HOURS = 12, 72
# The usual alarms about facts; that about exports looks at no facts.
COUNTED = tuple((kind, measure) for kind, measure in USUAL if measure in MEASURES)
# Any goal of the shop, and the steps of a funnel: watched beside the usual ones where it is asked for.
STEPS = tuple(
    Goal(name, "event", event=f"shop.{name}")
    for name in ("product.viewed", "basket.added", "checkout.begun", "order.placed")
)
FURTHER = tuple(
    ("fall", measure) for measure in ("conversions", "revenue", "funnel:1:2", "funnel:1:3", "funnel:1:4")
)
ORDERS = ("orders", "revenue", "conversions", "funnel:1:4")
# Silence is over with the next fact.
SILENCE = "silence"
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
LASTS = {
    "stop": 14,
    "step": 48,
    "tracker": 48,
    "falls": 48,
    "conversion": 96,
    "not_found": 24,
    "bots": 24,
    "spam": 24,
}


@dataclass(slots=True)
class Episode:
    """An incident of one alarm, by hours of the replay."""

    kind: str
    opened: int
    seen: int
    found: list[tuple[int, Finding]] = field(default_factory=list)
    is_later: bool = False
    """Whether it is no incident of its own, but told of one that was open."""
    names: set[tuple[str, str]] = field(default_factory=set)
    of: "Episode | None" = None


@dataclass(frozen=True, slots=True)
class Score:
    """What became of each fault: hours until it was found (-1: not in time), and whether named right."""

    found: list[tuple[Fault, int, bool]]
    false: list[Episode]
    weeks: float

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.false + other.false, self.weeks + other.weeks)


def faults_drawn(
    plan: Plan, first: int, kinds: Sequence[tuple[str, str, str, float]], every: int
) -> list[Fault]:
    """Lay faults (kind, column, value, share) out, one in `every` days from day `first`, at drawn hours."""
    rng, midnights = np.random.default_rng([plan.seed, 99]), Calendar.of(plan).midnights
    found = []
    for number, place in enumerate(rng.permutation(len(kinds))):
        kind, column, value, share = kinds[place]
        begins = int(midnights[first + every * number + 1]) + int(rng.integers(0, 24)) * HOUR
        found.append(Fault(kind, begins, begins + LASTS[kind] * HOUR, column, value, share))
    return found


def company_spoil(plan: Plan, faults: Sequence[Fault], folder: Path) -> Truth:
    """Write the company with its faults into a spool folder."""
    rng = np.random.default_rng([plan.seed, 98])
    truth, days = company_days(plan)
    with BulkSegment(folder, "replay") as segment:
        for day in days:
            facts = [decoder.decode(line) for line in day.lines]
            for fault in faults:
                if facts and fault.begins <= facts[-1].occurred_at and facts[0].occurred_at < fault.ends:
                    facts = spoilt(facts, fault, rng)
            segment.write(b"".join(encoder.encode(each) + b"\n" for each in facts))
    return truth


def cubes_read(plan: Plan, store: Store, *, further: Sequence[tuple[str, str]] = ()) -> dict[str, Cube]:
    """Read the counts that the usual alarms look at, and `further` ones."""
    site = sitebook.SiteInfo(plan.site, "replay", "Replay", plan.zone, "EUR", 0, "tracker", False)
    period = Period(plan.first, plan.last, plan.zone)
    measures = {measure for _kind, measure in (*COUNTED, *further)}
    measures |= {given for measure in measures if (given := measure_named(measure).given)}
    with _known():
        return {measure: cube_read(measure, site, period, store) for measure in measures}


@contextmanager
def _known() -> Iterator[None]:
    """Let the goals and the funnel be known that the further alarms are about."""
    before = goals._providers[:], drawn._providers[:]
    funnel = Funnel("Shop", STEPS, 86_400)
    goals.provide(lambda _site: (STEPS[1], STEPS[3]))
    drawn.provide(lambda _site, _key: funnel, lambda _site: ())
    try:
        yield
    finally:
        goals._providers[:], drawn._providers[:] = before


def replayed(
    cubes: dict[str, Cube], first: int, step: int, *, further: Sequence[tuple[str, str]] = ()
) -> list[Episode]:
    """Look every `step` hours from hour `first` on; return the incidents in the order of opening."""
    open_now: dict[tuple[str, str], Episode] = {}
    episodes: list[Episode] = []
    for end in range(first, cubes["visits"].hours, step):
        for key in (*COUNTED, *further):
            seen = _looked(cubes, key, end)
            episode = open_now.get(key)
            if isinstance(seen, Finding):
                if episode is None or _is_another(seen, key, episodes, end):
                    episode = open_now[key] = Episode(key[0], end, end)
                    episodes.append(episode)
                episode.seen = end
                episode.found.append((end, seen))
                if later := _later(cubes, key, episode, episodes, end):
                    episodes.append(later)
            elif episode is not None and (key[0] == SILENCE or end - episode.seen >= CALM_HOURS):
                del open_now[key]
    return episodes


def _is_another(seen: Finding, key: tuple[str, str], episodes: Sequence[Episode], end: int) -> bool:
    """Say whether it is another wave than those lately told of, as `zoco.monitor.alarms.services` does."""
    its = [each for each in episodes if each.kind == key[0] and not each.is_later]
    told = [_told(each) for each in its[-1:] + [each for each in its if end - each.opened <= LATELY_HOURS]]
    new = most_of(asdict(seen.cause)) if seen.cause else set()
    return bool(new and not seen.is_fall and told[0]) and all(new.isdisjoint(parts) for parts in told)


def _later(
    cubes: dict[str, Cube], key: tuple[str, str], episode: Episode, episodes: Sequence[Episode], end: int
) -> Episode | None:
    """Return what fell while an incident is open, as `zoco.monitor.alarms.further.noting` does."""
    kind, measure = key
    rule, cube = rule_of(kind), cubes[measure]
    if rule is None or not rule.is_fall or cube.measure.is_average or end == episode.opened:
        return None
    there = [each for each in episodes if each.is_later and each.of is episode]
    last = there[-1] if there else episode
    if len(there) >= LATER_MOST:
        return None
    given = given_of(cube, kind)
    told = _told(episode).union(*(each.names for each in there))
    began = last.opened - last.found[0][1].hours
    other = cubes[given] if given else None
    found = further(cube, other, end, rule, told=told, began=began, since=last.opened)
    if found is None:
        return None
    names = {*found.names, *_parts(found.found)}
    return Episode(kind, end, end, [(end, found.found)], is_later=True, names=names, of=episode)


def _told(episode: Episode) -> set[tuple[str, str]]:
    first, *later = (found for _end, found in episode.found)
    causes = [asdict(each.cause) | {"values": ()} for each in later if each.cause]
    return _parts(first).union(*(parts_of(each) for each in causes))


def _parts(found: Finding) -> set[tuple[str, str]]:
    return parts_of(asdict(found.cause)) if found.cause else set()


def _looked(cubes: dict[str, Cube], key: tuple[str, str], end: int) -> object:
    kind, measure = key
    rule = rule_of(kind)
    if rule is None:
        return _silent(cubes[measure], end)
    given = given_of(cubes[measure], kind)
    return looked(cubes[measure], end, rule, cubes[given] if given else None)


def _silent(cube: Cube, end: int) -> object:
    """Say whether nothing came up to an hour; the newest fact is taken for one at the end of its hour."""
    counted = np.flatnonzero(np.diff(cube.total.summed[0, : end + 1]))
    if not len(counted) or counted[-1] + 1 == end:
        return None
    # The hours of a cube are a wall clock's; as moments of UTC their lengths are the same but twice a year.
    newest, now = (
        cube.first.replace(tzinfo=UTC) + timedelta(hours=int(hour)) for hour in (counted[-1] + 1, end)
    )
    site = sitebook.SiteInfo(0, "replay", "Replay", "UTC", "EUR", 0, "tracker", False)
    return silence_found(cube, site, newest, now)


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
