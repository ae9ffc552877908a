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
from zoco.testing.company.world import COMPANY_PARTS, Batch, Part, World, fragment, fragments

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
    heads = _heads(uuids(world.plan.seed, stream, len(at)), at, visitor)
    common = fragment(site=world.plan.site, origin=ORIGIN, origin_key=f"company:{world.plan.seed}")
    lines: list[bytes] = (heads + rest + (b"," + common + b"}\n")).tolist()
    world.truth.facts += len(lines)
    return Day(number, at, visit, lines)


def _heads(ids: NDArray[np.uint8], at: NDArray[np.int64], visitor: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the beginning of each line: id, moments, visitor; all of fixed width but for visitor 0."""
    moments = digits(at, 16)
    has_visitor = visitor > 0
    columns = [
        _constant(b'{"id":"', len(at)), ids,
        _constant(b'","occurred_at":', len(at)), moments,
        _constant(b',"received_at":', len(at)), moments,
        _constant(b',"visitor":', len(at)), digits(np.where(has_visitor, visitor, 10**18), 19),
        _constant(b",", len(at)),
    ]  # fmt: skip
    text = np.ascontiguousarray(np.concatenate(columns, axis=1))
    heads = text.view(f"S{text.shape[1]}").ravel().astype(object)
    for index in np.nonzero(~has_visitor)[0]:
        heads[index] = heads[index].partition(b'"visitor"')[0]
    return fragments(heads.tolist())


def _constant(text: bytes, count: int) -> NDArray[np.uint8]:
    return np.broadcast_to(np.frombuffer(text, dtype=np.uint8), (count, len(text)))
