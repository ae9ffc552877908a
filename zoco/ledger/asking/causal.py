"""Causal figures: what experiments and models of spending say that a channel brought, beside its credits.

Attribution divides what happened; these say what would not have happened. Whoever knows any registers here:
the page of credits knows no app that does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.kit.periods import Period
    from zoco.ledger.sitebook import SiteInfo

CONFIDENCE = 0.9
"""Of all intervals, those of credits as well."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: of labels of a column of visits in a period, revenue or conversions, of these goals."""

    site: SiteInfo
    period: Period
    by: str
    is_revenue: bool
    goals: tuple[str, ...]

    def is_of(self, goal: str, *, is_revenue: bool, of: Collection[str] | None = None) -> bool:
        """Return whether something measured is the same outcome.

        "" is all money, or all conversions: those that reached one of the goals `of`, where it is known.
        """
        is_all = not goal and (is_revenue or of is None or {*of} == {*self.goals})
        return is_revenue is self.is_revenue and (is_all or self.goals == (goal,))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure with its interval, in money or conversions."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What one source says of a label in the period. Without bounds `lack` says why there are none.

    `label` is as visits bear it, in small letters; `source` names the experiment or model, `url` its page.
    Only whoever has all `rights`, which are those of that page, is told of it at all.
    """

    label: str
    source: StrOrPromise
    bounds: Bounds | None
    rights: tuple[str, ...]
    lack: StrOrPromise = ""
    url: str = ""


class Reader(Protocol):
    """Who asks: an account, as Django has it."""

    def has_perms(self, perm_list: tuple[str, ...], /) -> bool:
        """Return whether it has all these rights."""


Provider = Callable[[Wanted], Iterator[Effect]]

_sources: dict[str, Provider] = {}


def provide(app: str, provider: Provider) -> None:
    """Register what an app knows, under its name; called once, when it is ready."""
    _sources[app] = provider


def effects_of(wanted: Wanted, reader: Reader) -> list[Effect]:
    """Return all that is known and that its reader may see, in the order of labels."""
    known = (each for provider in _sources.values() for each in provider(wanted))
    found = [each for each in known if reader.has_perms(each.rights)]
    return sorted(found, key=lambda each: (each.label, str(each.source)))
