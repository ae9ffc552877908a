"""Who wants to be told of which facts. No Django."""

from collections.abc import Callable
from dataclasses import dataclass

from zoco.kit.plugs import Registry
from zoco.ledger.schema import Fact

Handle = Callable[[Fact], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Called with every fact of these names, in the order of their positions.

    At least once: what `handle` writes into the database is committed with the subscriber's
    position, so it happens once; anything else (a letter, a call) may happen again. An exception
    undoes the fact and is tried again later, and the facts behind it wait.
    """

    key: str
    names: tuple[str, ...]
    handle: Handle


SUBSCRIBERS: Registry[Subscriber] = Registry("subscriber")


def on(*names: str, key: str = "") -> Callable[[Handle], Handle]:
    """Subscribe a function to facts: `@on("shop.order.placed")`, in an app's `subscribers.py`.

    Its position is kept under `key`, by default module and name of the function: give a key
    before you move or rename it. Each function begins with the oldest fact still in the outbox.
    """

    def subscribe(handle: Handle) -> Handle:
        told_as = key or f"{handle.__module__}.{handle.__qualname__}"
        SUBSCRIBERS.add(Subscriber(told_as, names, handle))
        return handle

    return subscribe


def wanted_names() -> frozenset[str]:
    """Return the names of facts that have a subscriber."""
    return frozenset(name for subscriber in SUBSCRIBERS for name in subscriber.names)
