"""What waits for an hour or for its turn is asked about again as soon as rules or people change.

At its hour it is asked about in any case; this lets it go earlier where a rule was loosened meanwhile.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import QuerySet

from zoco.channels.models import Message
from zoco.channels.reads import zone_usual
from zoco.consent.answers import Because
from zoco.consent.news import Rules, rules_now

log = logging.getLogger(__name__)
HELD = (Because.HOURS.value, Because.CAP.value, Because.PAUSED.value)
"""Why something waits that may go earlier under another rule, or in another time zone."""
OVERLAP = timedelta(seconds=60)
"""How long a change of a person may take until others see it."""
CHUNK = 1_000


class Hearer(Protocol):
    """Is told for whom something was woken: it may be sent within moments."""

    def __call__(self, people: Collection[int], *, now: datetime) -> None: ...


_hearers: list[Hearer] = []


def provide(hearer: Hearer) -> Callable[[], None]:
    """Register who waits for what waits; called once, by the app that does. Returns what takes it back."""
    _hearers[:] = [hearer]
    return _hearers.clear


class Waker:
    """Looks again and again, for one worker. The first look wakes all: what changed before, nobody saw."""

    def __init__(self) -> None:
        self._seen: tuple[Rules, str] | None = None
        self._since: datetime | None = None
        self._is_again = False

    def look(self, *, now: datetime) -> int:
        """Wake what is to be asked about again; returns how many.

        After a change it wakes twice: a message that was held by the old rule may appear after the first.
        """
        seen, since = (rules_now(), zone_usual()), self._since
        self._since = now
        is_changed = seen != self._seen
        self._seen = seen
        held = Message.objects.filter(state=Message.State.WAITS, because__in=HELD, next_at__gt=now)
        if not is_changed and not self._is_again and since is not None:
            held = held.filter(person__changed_at__gt=since - OVERLAP)
        self._is_again = is_changed and since is not None
        woken = sum(_woken(some, now) for some in _chunks(held))
        if woken:
            log.info("Messages that wait are asked about again. count=%s", woken)
        return woken


def _chunks(held: QuerySet[Message]) -> Iterator[list[int]]:
    keys = list(held.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _woken(keys: list[int], now: datetime) -> int:
    held = Message.objects.filter(pk__in=keys, state=Message.State.WAITS, next_at__gt=now)
    people = set(held.values_list("person", flat=True)) - {None}
    woken = held.update(next_at=now)
    for each in _hearers:
        each({pk for pk in people if pk}, now=now)
    return woken
