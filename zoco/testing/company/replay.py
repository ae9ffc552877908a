"""The company's life with faults, looked at hour by hour as the worker does: what is found, when, and why.

Facts go through a store like any others; the counts are read once, and each look sees those before its hour.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking import converting, goals
from zoco.ledger.asking.goals import Goal
from zoco.ledger.schema import decoder, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.monitor.alarms.before.ahead import prepare
from zoco.monitor.alarms.causes import most_of, parts_of
from zoco.monitor.alarms.cube import Cube, cube_read
from zoco.monitor.alarms.detecting import Finding, look_out
from zoco.monitor.alarms.further.finding import further
from zoco.monitor.alarms.further.noting import MOST as LATER_MOST
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.others.silent import silence_found
from zoco.monitor.alarms.running import given_of
from zoco.monitor.alarms.usual import USUAL, rule_of
from zoco.monitor.alarms.watched import MEASURES, measure_named
from zoco.monitor.alarms.windows import Lookout
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
# Silence is over with the next fact.
SILENCE = "silence"
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
    names: set[tuple[str, str]] = field(default_factory=set)
    of: "Episode | None" = None
    """The incident that was open, of which it is told: it is none of its own, and has these names."""

    @property
    def is_later(self) -> bool:
        return self.of is not None


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
    before = goals._providers[:], drawn._providers[:], converting._providers[:]
    funnel = Funnel("Shop", STEPS, 86_400)
    goals.provide(lambda _site: (STEPS[1], STEPS[3]))
    converting.provide(lambda _site: (STEPS[1], STEPS[3]))
    drawn.provide(lambda _site, _key: funnel, lambda _site: ())
    try:
        yield
    finally:
        goals._providers[:], drawn._providers[:], converting._providers[:] = before


def replayed(
    cubes: dict[str, Cube], first: int, step: int, *, further: Sequence[tuple[str, str]] = ()
) -> list[Episode]:
    """Look every `step` hours from hour `first` on; return the incidents in the order of opening."""
    open_now: dict[tuple[str, str], Episode] = {}
    episodes: list[Episode] = []
    lookouts = _Lookouts(cubes, step)
    for end in range(first, cubes["visits"].hours, step):
        for key in (*COUNTED, *further):
            seen = _looked(lookouts, key, end)
            episode = open_now.get(key)
            if isinstance(seen, Finding):
                if episode is None or _is_another(seen, key, episodes, end):
                    episode = open_now[key] = Episode(key[0], end, end)
                    episodes.append(episode)
                episode.seen = end
                episode.found.append((end, seen))
                if later := _later(lookouts, key, episode, episodes, end):
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


def _told(episode: Episode) -> set[tuple[str, str]]:
    first, *later = (found for _end, found in episode.found)
    causes = [asdict(each.cause) | {"values": ()} for each in later if each.cause]
    return _parts(first).union(*(parts_of(each) for each in causes))


def _parts(found: Finding) -> set[tuple[str, str]]:
    return parts_of(asdict(found.cause)) if found.cause else set()


class _Lookouts:
    """What is looked out from, one for each alarm; what is needed of about a day is worked out at once."""

    def __init__(self, cubes: dict[str, Cube], step: int) -> None:
        self.cubes, self._step = cubes, step
        self._made: dict[tuple[str, str], tuple[Lookout, int]] = {}

    def of(self, key: tuple[str, str], end: int) -> Lookout:
        """Return the lookout of an alarm that knows the hours before an hour."""
        kind, measure = key
        given, rule = given_of(self.cubes[measure], kind), rule_of(kind)
        made = self._made.get(key)
        if made is None or end > made[1]:
            lookout = Lookout(self.cubes[measure], self.cubes[given] if given else None)
            ends = range(end, min(end + 24, self.cubes[measure].hours), self._step)
            if rule is not None and rule.is_fall:
                prepare(lookout, ends, rule)
            made = self._made[key] = lookout, ends[-1]
        return made[0]


def _looked(lookouts: _Lookouts, key: tuple[str, str], end: int) -> object:
    kind, measure = key
    rule, cube = rule_of(kind), lookouts.cubes[measure]
    if rule is None:
        return _silent(cube, end)
    if cube.measure.is_average:
        return looked(cube, end, rule, lookouts.cubes[cube.measure.given])
    return look_out(lookouts.of(key, end), end, rule)


def _later(
    lookouts: _Lookouts, key: tuple[str, str], episode: Episode, episodes: Sequence[Episode], end: int
) -> Episode | None:
    """Return what fell while an incident is open, as `zoco.monitor.alarms.further.noting` does."""
    rule, is_average = rule_of(key[0]), lookouts.cubes[key[1]].measure.is_average
    there = [each for each in episodes if each.of is episode]
    last = there[-1] if there else episode
    if rule is None or not rule.is_fall or is_average or end == last.opened or len(there) >= LATER_MOST:
        return None
    told = _told(episode).union(*(each.names for each in there))
    began = last.opened - last.found[0][1].hours
    found = further(lookouts.of(key, end), end, rule, told=told, began=began, since=last.opened)
    if found is None:
        return None
    return Episode(key[0], end, end, [(end, found.found)], {*found.names, *_parts(found.found)}, episode)


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
