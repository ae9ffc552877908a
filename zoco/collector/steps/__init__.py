"""The steps, each in its own module: event in, event out, or Refused.

target (what was asked for: name, path, query) · site (whose host it is) · judging (who asks: a
person, a bot) · device · place · blocking (the site's block lists) · source (where they came from) ·
search (what was looked for on the site) · visitor (the pseudonym).
Each module also offers its rule as a plain function, for whoever works on many events at once.
"""

from collections.abc import Callable

from zoco.collector.event import Event
from zoco.collector.steps import blocking, device, judging, place, search, site, source, target, visitor

Step = Callable[[Event], Event]
STEPS: tuple[Step, ...] = tuple(
    module.step for module in (target, site, judging, device, place, blocking, source, search, visitor)
)


def through(event: Event, steps: tuple[Step, ...] = STEPS) -> Event:
    """Send an event through the steps in order. Raises Refused with the reason."""
    for step in steps:
        event = step(event)
    return event
