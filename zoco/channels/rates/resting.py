"""Does an address rest? Who counts what comes back lies above, and says it through this."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from zoco.consent.models import Purpose
from zoco.consent.suppressing import Place


class Counter(Protocol):
    """Returns those of some addresses that rest, with the moment until which they do."""

    def __call__(self, places: Collection[Place], *, now: datetime) -> dict[Place, datetime]: ...


_counters: list[Counter] = []


def provide(counter: Counter) -> Callable[[], None]:
    """Register who counts; called once, by the app that reads answers. Returns what takes it back."""
    _counters[:] = [counter]
    return _counters.clear


def resting(places: Collection[Place], purpose: str, *, now: datetime) -> dict[Place, datetime]:
    """Return which addresses rest for a purpose; what a person needs is tried all the same."""
    if purpose == Purpose.TRANSACTIONAL or not places:
        return {}
    return {place: until for each in _counters for place, until in each(places, now=now).items()}
