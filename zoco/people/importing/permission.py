"""What a file says of permission goes to whoever keeps it: an app above registers a Keeper.

People only read what stands in the file. A keeper makes nobody agree who refused: the stricter always wins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from zoco.kit.plugs import Registry
from zoco.people.identities import Named

Word = Literal["given", "withdrawn", "dead", "blocked"]
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of permission for letters. An empty topic means all of them.

    `dead` is an address that no letter reaches, `blocked` one that gets nothing any more, whoever has it.
    """

    person: int
    word: Word
    at: datetime
    addresses: tuple[Named, ...] = ()
    topic: str = ""
    proof: dict[str, str] = field(default_factory=dict)


class Keeper(Protocol):
    """Keeps permission. What it is told twice changes nothing the second time."""

    key: str

    def topics(self) -> list[tuple[str, str]]:
        """Return the topics that people agree to, keys and labels."""

    def take(self, told: Sequence[Told]) -> dict[str, int]:
        """Write it down, in the caller's transaction; returns how many of each word changed something.

        Under "held" it counts those that agreed in the file and are known to have refused.
        """

    def suppressed(self, places: Collection[Place]) -> set[Place]:
        """Return those of these addresses that get no advertising, whatever anybody agreed to."""


KEEPERS: Registry[Keeper] = Registry("keeper of permission")


def topics() -> list[tuple[str, str]]:
    """Return the topics of all keepers."""
    return [each for keeper in KEEPERS for each in keeper.topics()]
