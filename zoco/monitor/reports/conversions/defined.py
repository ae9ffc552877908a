"""What a site's conversions are. Who keeps it registers here: reports know no tables of the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoco.ledger.asking.goals import Goal

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

DAY_SECONDS = 86_400
LOOKBACK_DAYS = 30
LOOKBACK_MOST = 366


@dataclass(frozen=True, slots=True)
class Definition:
    """A fact that reaches any of the goals is one conversion. Currency and time zone are the site's.

    `is_by_person`: touches and conversions of a known person are his whatever the browser, else each
    browser stands for itself. Touches count for `lookback_days` before a conversion.
    """

    goals: tuple[Goal, ...]
    lookback_days: int = LOOKBACK_DAYS
    is_by_person: bool = True

    @property
    def lookback_seconds(self) -> int:
        return self.lookback_days * DAY_SECONDS


Provider = Callable[[int], Definition]

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register who knows the definition of a site by its key; called once, by the app that owns it."""
    _providers[:] = [provider]


def definition_of(site: SiteInfo) -> Definition:
    """Return what counts as a conversion of a site; without a provider nothing does."""
    return _providers[0](site.id) if _providers else Definition(())
