"""The company becomes lines: day by day, in order of time, with bounded memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoco.ledger.spool import BulkSegment
from zoco.testing.company.numbers import digits, mixed, uuids
from zoco.testing.company.plan import Plan
from zoco.testing.company.truth import Truth
from zoco.testing.company.visits import visits_of
from zoco.testing.company.world import COMPANY_PARTS, Batch, Fragments, Part, World, fragment

SEGMENT_BYTES = 40 << 20
ORIGIN = "simulated"


@dataclass(frozen=True, slots=True)
class Day:
    """The facts that begin on a day, in the order of their moments; `visit` is -1 for none."""

    number: int
    at: NDArray[np.int64]
    visit: NDArray[np.int64]
    lines: list[bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: facts, bytes, and what is true of them."""

    facts: int
    size: int
    truth: Truth


def company_days(plan: Plan) -> tuple[Truth, Iterator[Day]]:
    """Return the truth, complete once the days are used up, and the days with their lines."""
    from zoco.testing.company import parts  # noqa: F401 - the built-in parts register

    world = World.of(plan)
    return world.truth, _days(world)


def company_write(
    plan: Plan, folder: Path, instance: str, *, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Write the company as closed segments into a spool folder; `progress` hears days done and facts.

    Not guaranteed: that all of it is there after a crash; the same plan again adds what is missing.
    """
    truth, days = company_days(plan)
    facts = size = 0
    days = iter(days)
    day = next(days, None)
    while day is not None:
        with BulkSegment(folder, instance) as segment:
            while day is not None and segment.size < SEGMENT_BYTES:
                segment.write(b"".join(day.lines))
                facts += len(day.lines)
                if progress:
                    progress(day.number + 1, facts)
                day = next(days, None)
            size += segment.size
    return Written(facts, size, truth)


def _days(world: World) -> Iterator[Day]:
    parts = sorted(COMPANY_PARTS, key=lambda part: part.key)
    for number in range(world.plan.days):
        visits = visits_of(world.plan, world.calendar, world.people, number)
        batches = [
            batch for part in parts for batch in part.facts(world, visits, _rng(world.plan, part, number))
        ]
        yield _day(world, number, [batch for batch in batches if len(batch.at)])


def _rng(plan: Plan, part: Part, day: int) -> np.random.Generator:
    return np.random.default_rng([plan.seed, 3, day, *part.key.encode()])


def _day(world: World, number: int, batches: list[Batch]) -> Day:
    if not batches:
        return Day(number, np.array([], dtype=np.int64), np.array([], dtype=np.int64), [])
    at = np.concatenate([batch.at for batch in batches])
    order = np.argsort(at, kind="stable")
    at = at[order]
    visitor = np.concatenate([batch.visitor for batch in batches])[order]
    rest = np.concatenate([batch.rest for batch in batches])[order]
    visit = np.concatenate([batch.visit for batch in batches])[order]
    stream = int(mixed(world.plan.site, number)[0] >> np.uint64(1))
    known = np.concatenate([_known(batch) for batch in batches])[order]
    heads = _heads(uuids(world.plan.seed, stream, len(at)), at, visitor, known)
    common = fragment(site=world.plan.site, origin=ORIGIN, origin_key=f"company:{world.plan.seed}")
    lines: list[bytes] = (heads + rest + (b"," + common + b"}\n")).tolist()
    world.truth.facts += len(lines)
    return Day(number, at, visit, lines)


def _heads(
    ids: NDArray[np.uint8], at: NDArray[np.int64], visitor: NDArray[np.int64], known: NDArray[np.int64]
) -> Fragments:
    """Return the beginning of each line: id, moments, and visitor and known where there are any."""
    heads: Fragments = np.empty(len(at), dtype=object)
    kind = (visitor > 0) + 2 * (known > 0)
    for which in range(4):
        rows = np.nonzero(kind == which)[0]
        moments = digits(at[rows], 16)
        columns = [
            _constant(b'{"id":"', len(rows)), ids[rows],
            _constant(b'","occurred_at":', len(rows)), moments,
            _constant(b',"received_at":', len(rows)), moments,
        ]  # fmt: skip
        if which & 1:
            columns += [_constant(b',"visitor":', len(rows)), digits(visitor[rows], 19)]
        if which & 2:
            columns += [_constant(b',"known":', len(rows)), digits(known[rows], 19)]
        columns.append(_constant(b",", len(rows)))
        text = np.ascontiguousarray(np.concatenate(columns, axis=1))
        heads[rows] = text.view(f"S{text.shape[1]}").ravel().astype(object)
    return heads


def _known(batch: Batch) -> NDArray[np.int64]:
    return np.zeros(len(batch.at), dtype=np.int64) if batch.known is None else batch.known


def _constant(text: bytes, count: int) -> NDArray[np.uint8]:
    return np.broadcast_to(np.frombuffer(text, dtype=np.uint8), (count, len(text)))
