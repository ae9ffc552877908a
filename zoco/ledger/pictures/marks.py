"""Marks on curves: what somebody should know of a day. Apps provide them; the curve shows them.

They are of the house: readers of a shared link see none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from zoco.kit.periods import Period
from zoco.ledger.sitebook import SiteInfo

MOST = 20
"""More would hide the curve; the newest are shown."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Something of a local day, in words; `url` leads to where it comes from."""

    on: date
    text: str
    url: str = ""


Provider = Callable[[SiteInfo, Period], Iterable[Mark]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register who knows marks of a period; called once by each app that has some."""
    if provider not in _providers:
        _providers.append(provider)


def marks_in(site: SiteInfo, period: Period) -> list[Mark]:
    """Return the marks of a period by day."""
    found = sorted(mark for provider in _providers for mark in provider(site, period))
    return [mark for mark in found if period.first <= mark.on <= period.last][-MOST:]
