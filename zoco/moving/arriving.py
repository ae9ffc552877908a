"""Sites whose facts are still arriving: settings come first, and half of the facts would tell something else.

What judges facts by itself asks here. Installations without this app have no such sites.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import apps

from zoco.ledger import sitebook

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

UNDER_WAY, CUT_OFF = ("waiting", "running"), ("stopped", "failed")


def sites_arrived() -> Sequence["SiteInfo"]:
    """Return the sites into which no import is under way.

    One that was cut off does not count: what watches over a site must not be off until somebody notices.
    """
    found = _newest()
    return [each for each in sitebook.sites() if found.get(each.id, ("", False))[0] not in UNDER_WAY]


def is_half_here(site: int) -> bool:
    """Say whether an import into a site is under way, or one that made it was cut off."""
    state, is_fresh = _newest().get(site, ("", False))
    return state in UNDER_WAY or (is_fresh and state in CUT_OFF)


def _newest() -> dict[int, tuple[str, bool]]:
    """Return, by site, the state of the newest import into it, and whether it made the site."""
    if not apps.is_installed("zoco.moving"):
        return {}
    from zoco.moving.models import SiteMove

    moves = SiteMove._base_manager.filter(kind=SiteMove.Kind.IN, site__isnull=False).order_by("id")
    return {
        site: (state, is_fresh) for site, state, is_fresh in moves.values_list("site", "state", "is_fresh")
    }
