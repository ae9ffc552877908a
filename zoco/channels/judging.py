"""What do a server's words mean for an address? Who knows that lies above, and says it through this.

Without him only an address of which the other side says itself that it is none is dead: codes alone mislead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from zoco.channels.contract import CHANNELS
from zoco.consent.models import Suppression
from zoco.consent.suppressing import suppress
from zoco.people.identities import IdentityWrong, Named, identity_read


@dataclass(frozen=True, slots=True)
class Judged:
    """What some words mean: nobody is there, it may pass (`weight` says how much it counts), or a destination

    does not take our mail (`is_block`) or not so much of it (`is_slow`), whoever the recipient is.
    """

    is_dead: bool = False
    weight: float = 0.0
    is_block: bool = False
    is_slow: bool = False

    @property
    def is_of_destination(self) -> bool:
        """Whether they say something of the destination and nothing of the recipient."""
        return self.is_block or self.is_slow


class Counter(Protocol):
    """Adds a failure that may pass to the count of an address."""

    def __call__(self, *, identity: Named, weight: float, at: datetime) -> object: ...


NOTHING = Judged()
_judges: list[tuple[Callable[[str], Judged], Counter]] = []


def provide(judge: Callable[[str], Judged], counter: Counter) -> None:
    """Register who says what words mean, and who counts; called once, by the app that knows."""
    _judges[:] = [(judge, counter)]


def judged(said: str) -> Judged:
    """Return what a server's words mean."""
    return _judges[0][0](said) if said and _judges else NOTHING


def address_judge(*, adapter: str, to: str, said: str, at: datetime, counts: bool = True) -> bool:
    """Suppress an address of mail that is dead by what a server said, count what may pass; is it dead?"""
    named = address_of(adapter, to)
    if named is None or named.kind != "email":
        return False
    found = judged(said)
    if found.is_dead:
        suppress(identity=named, why=Suppression.Why.DEAD, at=at)
    elif found.weight and counts:
        _judges[0][1](identity=named, weight=found.weight, at=at)
    return found.is_dead


def address_of(adapter: str, to: str) -> Named | None:
    """Return an address as it is compared, None for what is none."""
    kind, space = CHANNELS.get(adapter).identity or ("", "")
    try:
        return identity_read(kind, to, space=space) if kind and to else None
    except IdentityWrong:
        return None
