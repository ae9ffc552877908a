"""Is an address dead? Who knows what servers mean lies above, and says it through this.

Without him only an address of which the other side says itself that it is none is dead: codes alone mislead.
"""

from collections.abc import Callable
from datetime import datetime

from zoco.channels.contract import CHANNELS
from zoco.consent.models import Suppression
from zoco.consent.suppressing import suppress
from zoco.people.identities import IdentityWrong, Named, identity_read

_judges: list[Callable[[str], bool]] = []


def provide(judge: Callable[[str], bool]) -> None:
    """Register who says of a server's words whether nobody is there; called once, by the app that knows."""
    _judges[:] = [judge]


def is_dead(said: str) -> bool:
    """Return whether a server's words mean that nobody is there."""
    return bool(said) and any(judge(said) for judge in _judges)


def address_judge(*, adapter: str, to: str, said: str, at: datetime) -> bool:
    """Suppress an address of mail that is dead by what a server said; returns whether it is."""
    named = address_of(adapter, to)
    if named is None or named.kind != "email" or not is_dead(said):
        return False
    suppress(identity=named, why=Suppression.Why.DEAD, at=at)
    return True


def address_of(adapter: str, to: str) -> Named | None:
    """Return an address as it is compared, None for what is none."""
    kind, space = CHANNELS.get(adapter).identity or ("", "")
    try:
        return identity_read(kind, to, space=space) if kind and to else None
    except IdentityWrong:
        return None
