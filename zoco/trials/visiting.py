"""Who asks from a page: which site's, and under which numbers the collector writes its facts.

Registered from above, for the collector stands higher than trials. Without it nobody is known: everybody
gets the control, and nothing counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from zoco.trials.choices import Unit
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial


@dataclass(frozen=True, slots=True)
class Visiting:
    """A browser on a site: the `visitor` of the day, and who is `known` by consent, 0 for none."""

    site: int
    visitor: int
    known: int

    def unit_of(self, dealt: Trial | Flag) -> int:
        """Return who is dealt, 0 for nobody: persons are dealt by programs alone."""
        return {Unit.VISITOR: self.visitor, Unit.BROWSER: self.known}.get(Unit(dealt.unit), 0)


_providers: list[Callable[[HttpRequest, str, str], Visiting | None]] = []


def provide(provider: Callable[[HttpRequest, str, str], Visiting | None]) -> None:
    """Register who knows a browser by its request, the host of its page and the id that it sent."""
    _providers[:] = [provider]


def visiting(request: HttpRequest, host: str, who: str = "") -> Visiting | None:
    """Return who asks from a page of this host; None for a host that no site has."""
    return _providers[0](request, host, who) if _providers else None
