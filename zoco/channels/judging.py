"""What do a server's words mean for an address? Who knows that lies above, and says it through this.

Without him only an address of which the other side says itself that it is none is dead: codes alone mislead.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from zoco.channels.contract import CHANNELS
from zoco.consent.deciding import Decision
from zoco.consent.models import Suppression, SuppressionEvent
from zoco.consent.suppressing import suppress
from zoco.people.identities import IdentityWrong, Named, identity_read


@dataclass(frozen=True, slots=True)
class Judged:
    """What some words mean: nobody is there, it may pass (`weight` says how much it counts), or a destination

    does not take our mail (`is_block`) or not so much of it (`is_slow`), whoever the recipient is. `rule` is
    what decided, `source` where that is written, `reason` what it means and `code` the server's.
    """

    is_dead: bool = False
    weight: float = 0.0
    is_block: bool = False
    is_slow: bool = False
    rule: str = ""
    source: str = ""
    reason: str = ""
    code: str = ""

    @property
    def is_of_destination(self) -> bool:
        """Whether they say something of the destination and nothing of the recipient."""
        return self.is_block or self.is_slow


class Counter(Protocol):
    """Adds a failure that may pass to the count of an address."""

    def __call__(self, *, identity: Named, weight: float, at: datetime) -> object: ...


NOTHING = Judged()
NO_LETTER = Decision(by=SuppressionEvent.By.SERVER)
_judges: list[tuple[Callable[[str], Judged], Counter]] = []


def provide(judge: Callable[[str], Judged], counter: Counter) -> None:
    """Register who says what words mean, and who counts; called once, by the app that knows."""
    _judges[:] = [(judge, counter)]


def judged(said: str) -> Judged:
    """Return what a server's words mean."""
    return _judges[0][0](said) if said and _judges else NOTHING


def address_judge(*, adapter: str, to: str, said: str, at: datetime, answers: Decision = NO_LETTER) -> bool:
    """Suppress an address of mail that is dead by what a server said, count what may pass; is it dead?

    `answers` names the letter that it was said of.
    """
    named = address_of(adapter, to)
    if named is None or named.kind != "email":
        return False
    found = judged(said)
    if found.is_dead:
        decision = replace(
            answers, said=said, rule=found.rule, source=found.source, reason=found.reason, code=found.code
        )
        suppress(identity=named, why=Suppression.Why.DEAD, at=at, decision=decision)
    elif found.weight:
        _judges[0][1](identity=named, weight=found.weight, at=at)
    return found.is_dead


def address_of(adapter: str, to: str) -> Named | None:
    """Return an address as it is compared, None for what is none."""
    kind, space = CHANNELS.get(adapter).identity or ("", "")
    try:
        return identity_read(kind, to, space=space) if kind and to else None
    except IdentityWrong:
        return None
