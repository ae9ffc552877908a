"""Contract suites: what every plug of a kind must hold. A test runs them over the registry."""

from datetime import UTC, datetime

import numpy as np

from zoco.ledger.schema import decoder
from zoco.testing.company import Batch, Part, Plan, World
from zoco.testing.company.plan import until_micros
from zoco.testing.company.visits import visits_of

PLAN = Plan(site=3, until=datetime(2026, 5, 17, 18, tzinfo=UTC), visitors=400, days=30, seed=11)


class ContractBroken(AssertionError):
    """A plug does not hold what its kind promises."""


def part_holds(part: Part) -> None:
    """Live through a month with a part of the company. Raises ContractBroken.

    The same plan gives the same facts, whichever other parts there are; every piece is JSON of known
    columns; facts of a visit are named by it; nothing happens before its day or after the last moment.
    """
    once, again = _month(part, PLAN), _month(part, PLAN)
    if [batch.rest.tolist() for batch in once] != [batch.rest.tolist() for batch in again]:
        raise ContractBroken(
            f"{part.key} gives other facts for the same plan; draw from the rng it is given."
        )
    if any((a.at != b.at).any() or (a.visitor != b.visitor).any() for a, b in zip(once, again, strict=True)):
        raise ContractBroken(f"{part.key} gives other moments or visitors for the same plan.")
    for batch in once:
        _batch_holds(part, batch)


def _month(part: Part, plan: Plan) -> list[Batch]:
    world = World.of(plan)
    found = []
    for day in range(plan.days):
        visits = visits_of(world.plan, world.calendar, world.people, day)
        rng = np.random.default_rng([plan.seed, day])
        for batch in part.facts(world, visits, rng):
            if (batch.at < world.calendar.midnights[day]).any() or (batch.at > until_micros(plan)).any():
                raise ContractBroken(f"{part.key} has facts before their day or after the last moment.")
            if (batch.visit >= len(visits)).any():
                raise ContractBroken(f"{part.key} names a visit that the day does not have.")
            found.append(batch)
    return found


def _batch_holds(part: Part, batch: Batch) -> None:
    if not len(batch.at) == len(batch.visitor) == len(batch.rest) == len(batch.visit):
        raise ContractBroken(f"{part.key} yields columns of different lengths.")
    for piece in batch.rest:
        fact = decoder.decode(b'{"id":"","site":1,"origin":"simulated","occurred_at":1,' + piece + b"}")
        if "." not in fact.name:
            raise ContractBroken(f"{part.key} yields a fact named {fact.name!r}.")
