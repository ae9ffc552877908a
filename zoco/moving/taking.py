"""Settings of an archive are taken in, a few rows at once: each few with the place from which it goes on."""

from typing import Any

from django.db import transaction

from zoco.moving.models import SiteMove
from zoco.moving.parts import parts_all, rows_take
from zoco.sites import services
from zoco.sites.models import Site


def rows_in(settings: dict[str, Any], key: str) -> list[Any]:
    """Return the rows of a part; what is no list holds none."""
    found = settings["parts"].get(key, [])
    return found if isinstance(found, list) else []


def is_taken(move: SiteMove) -> bool:
    """Whether the settings were taken in to their end."""
    return bool(move.found)


def settings_take(move: SiteMove, site: Site, settings: dict[str, Any]) -> None:
    """Take in settings where this import made the site; elsewhere they are people's own by now."""
    if not move.is_fresh or is_taken(move):
        return
    added, refused = 0, []
    with transaction.atomic():
        for part in parts_all():
            taken = rows_take(part, site.pk, rows_in(settings, part.key))
            added += taken.added
            refused += taken.refused
        services.site_changed(site=site)
    move.found = {"settings": added, "refused": refused[:200], "refused_count": len(refused)}
    move.save(update_fields=["found"])
