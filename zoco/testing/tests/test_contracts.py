"""Every registered part of the company holds the contract; the contract sees what breaks it."""

from collections.abc import Iterator

import numpy as np
import pytest

from zoco.testing.company import COMPANY_PARTS, Batch, Part, Visits, World, parts
from zoco.testing.company.world import fragment, fragments
from zoco.testing.contracts import ContractBroken, part_holds


@pytest.mark.parametrize("key", COMPANY_PARTS.keys())
def test_part_holds(key: str) -> None:
    part_holds(COMPANY_PARTS.get(key))


def test_all_built_in_parts_are_tried() -> None:
    assert set(COMPANY_PARTS.keys()) >= {
        "web.views", "web.errors", "web.consent", "web.vitals", "web.robots", "web.spam", "shop.orders",
        "shop.refunds",
    }  # fmt: skip
    assert parts.__all__ == ["consent", "robots", "shop", "speed", "web"]


class Unsteady(Part):
    """Draws from a generator of its own, or tells of tomorrow."""

    def __init__(self, key: str, late: int) -> None:
        self.key = key
        self.late = late

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield one fact."""
        own = np.random.default_rng()
        at = world.calendar.midnights[visits.day : visits.day + 1] + self.late
        line = fragments([fragment(name="test.day.seen", quantity=int(own.integers(1 << 40)))])
        yield Batch(at, np.array([1 << 60]), line, np.array([-1]))


@pytest.mark.parametrize(
    ("late", "sentence"),
    [
        (0, "other facts for the same plan"),
        (-1, "before their day"),
        (86_400_000_000, "after the last moment"),
    ],
)
def test_a_part_that_breaks_it_is_told_so(late: int, sentence: str) -> None:
    with pytest.raises(ContractBroken, match=sentence):
        part_holds(Unsteady("test.unsteady", late))
