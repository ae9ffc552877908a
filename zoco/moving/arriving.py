"""Sites whose facts are still arriving: settings come first, and half of the facts would tell something else.

What judges facts by itself asks here. Installations without this app have no such sites.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from zoco.kit import holding
from zoco.kit.runs import QUIET
from zoco.ledger import sitebook

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.moving.models import SiteMove

LOADING = "loading"
UNDER_WAY, CUT_OFF, DONE = ("waiting", "running"), ("stopped", "failed"), "done"


class LoadingAlready(RuntimeError):
    """Another process loads the site."""


class _Import(NamedTuple):
    """An import as its row tells it; one that lives says so each minute (`zoco.kit.runs.beating`)."""

    site: int
    state: str
    is_fresh: bool
    told_at: datetime

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY and self.told_at > timezone.now() - QUIET

    @property
    def is_cut_off(self) -> bool:
        return self.state in CUT_OFF or (self.state in UNDER_WAY and not self.is_under_way)


def sites_arrived() -> Sequence["SiteInfo"]:
    """Return the sites into which no import is under way, and which nobody loads.

    One that was cut off does not count, nor one that has said nothing for ten minutes: what watches over a
    site must not be off until somebody notices.
    """
    arriving = {each.site for each in _imports() if each.is_under_way} | sites_loading()
    return [each for each in sitebook.sites() if each.id not in arriving]


@contextmanager
def loading(site: int) -> Iterator[None]:
    """Keep periodic work from a site while this process loads it. Raises LoadingAlready.

    What is asked for by name is still done, for whoever loads asks for it at the times that he loads. It is
    a lock, which ends with its process: workers on other machines do not see it.
    """
    with holding.held(LOADING, str(site), seconds=holding.MOMENT) as folder:
        if folder is None:
            raise LoadingAlready(f"The site {site} is being loaded already; wait until that is over.")
        yield


def sites_loading() -> set[int]:
    """Return the keys of the sites that a process of this machine loads."""
    locks = holding.root_of(LOADING).glob(f"*{holding.ENDING}")
    names = [each.name.removesuffix(holding.ENDING) for each in locks]
    return {int(name) for name in names if holding.is_held(LOADING, name)}


def is_half_here(site: int) -> bool:
    """Say whether an import into a site is under way, or one that made it was cut off.

    An import that came to its end after that one brought what was missing.
    """
    is_cut_off = False
    for each in _imports():
        if each.site != site:
            continue
        if each.is_under_way:
            return True
        if each.state == DONE:
            is_cut_off = False
        elif each.is_fresh and each.is_cut_off:
            is_cut_off = True
    return is_cut_off


def half_keep(*, move: "SiteMove") -> int:
    """Take a site as whole although imports that made it never came to their end; returns how many.

    Settings that they did not take in stay out, of the same archive too: the site is its owner's by now. One
    whose process died is cut off as well, and known to be before it is asked for.
    """
    if move.kind != move.Kind.IN or move.site_id is None:
        return 0
    cut_off = type(move).objects.filter(kind=move.Kind.IN, site=move.site_id, is_fresh=True)
    with transaction.atomic():
        found = cut_off.filter(state__in=CUT_OFF).select_for_update()
        for each in found:
            each.is_fresh = False
            each.save(update_fields=["is_fresh"])  # each by itself: the log of changes tells it
        return len(found)


def _imports() -> Iterator[_Import]:
    """Yield all imports into sites, the oldest first."""
    if not apps.is_installed("zoco.moving"):
        return
    from zoco.moving.models import SiteMove

    moves = SiteMove._base_manager.filter(kind=SiteMove.Kind.IN, site__isnull=False).order_by("id")
    for values in moves.values_list("site", "state", "is_fresh", "told_at"):
        yield _Import(*values)
