"""Which visitors of a site the browser that asks is today. Registered from above: the collector knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

Visitors = Callable[[HttpRequest, "SiteInfo"], frozenset[int]]
_providers: list[Visitors] = []


def provide(provider: Visitors) -> None:
    """Register who works out pseudonyms; called once, by the project."""
    _providers[:] = [provider]


def can_tell() -> bool:
    """Return whether anybody can: a host project may have no collector."""
    return bool(_providers)


def visitors_of(request: HttpRequest, site: SiteInfo) -> frozenset[int]:
    """Return the pseudonyms under which this browser's facts of today are written down."""
    return _providers[0](request, site) if _providers else frozenset()
