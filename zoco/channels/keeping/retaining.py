"""Messages whose end is known are forgotten after a while, but for those that figures are made of.

What became of them stays in the ledger. The key of one that is forgotten is free: the same once more would
leave again. Who counts messages lies above, and says which kinds.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from zoco.channels.models import Message

AT_ONCE = 500
_counted: set[str] = set()


def provide(kinds: Collection[str]) -> None:
    """Register kinds of messages (`about_kind`) that are counted one by one; called once by each app."""
    _counted.update(kinds)


def messages_forget(*, now: datetime, days: int) -> int:
    """Delete those that left one by one and ended so many days ago, in pieces; returns how many.

    0 days keeps all. What was told of them goes with them. May run twice at once.
    """
    if days <= 0:
        return 0
    over = Message.objects.filter(batch=None, done_at__lt=now - timedelta(days=days))
    over, gone = over.exclude(about_kind__in=_counted).order_by("done_at"), 0
    while some := list(over.values_list("pk", flat=True)[:AT_ONCE]):
        Message.objects.filter(pk__in=some).delete()
        gone += len(some)
    return gone
