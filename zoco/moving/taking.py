"""Settings of an archive are taken in, a few rows at once, each few with the place from which it goes on."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zoco.kit.runs import Tell
from zoco.moving.files.archive import SETTINGS, Archive, ArchiveWrong, damaged
from zoco.moving.models import SiteMove
from zoco.moving.parts import Part, Taken, parts_all, rows_take
from zoco.sites import services
from zoco.sites.models import Site

AT_ONCE, REFUSED_KEPT = 200, 200
"""Rows of one transaction, which holds up everybody else who writes, of parts that do not say otherwise; and
lines that say what was left out."""
Settings = dict[str, Any]


def settings_of(archive: Archive) -> Settings:
    """Return the settings of an archive. Raises ArchiveWrong, also for more rows than a part may have."""
    settings = archive.settings()
    for part in parts_all():
        count = len(rows_in(settings, part.key))
        if count > part.most:
            said = _("it holds %(count)s %(part)s, and %(most)s is the most")
            told = {"count": count, "part": part.key, "most": part.most}
            raise ArchiveWrong(damaged(SETTINGS, said % told))
    return settings


def rows_in(settings: Settings, key: str) -> list[Any]:
    """Return the rows of a part; what is no list holds none."""
    found = settings["parts"].get(key, [])
    return found if isinstance(found, list) else []


def portions_of(settings: Settings) -> int:
    """Return in how many steps settings are taken in."""
    return sum(-(-len(rows_in(settings, part.key)) // _at_once(part)) for part in parts_all())


def is_taken(move: SiteMove) -> bool:
    """Whether the settings were taken in to their end."""
    return bool(move.found) and "place" not in move.found


def settings_take(move: SiteMove, site: Site, settings: Settings, tell: Tell) -> None:
    """Take in settings where this import made the site; elsewhere they are people's own by now.

    Cut off, the same move goes on behind the last rows that it took: what was deleted since stays so.
    """
    if not move.is_fresh or is_taken(move):
        return
    try:
        for number, (part, end, rows) in enumerate(_portions(settings, move.found.get("place")), move.done):
            tell(done=number)
            with transaction.atomic():
                _note(move, rows_take(part, site.pk, rows), [part.key, end])
        _note(move, Taken(), None)
    finally:
        services.site_changed(site=site)


def _portions(settings: Settings, place: list[Any] | None) -> Iterator[tuple[Part, int, list[Any]]]:
    """Yield a few rows of a part, and where they end in it."""
    parts = parts_all()
    keys = [part.key for part in parts]
    begun, first = (keys.index(place[0]), int(place[1])) if place and place[0] in keys else (0, 0)
    for part in parts[begun:]:
        rows = rows_in(settings, part.key)
        step = _at_once(part)
        for at in range(first, len(rows), step):
            yield part, at + step, rows[at : at + step]
        first = 0


def _at_once(part: Part) -> int:
    return part.at_once or AT_ONCE


def _note(move: SiteMove, taken: Taken, place: list[Any] | None) -> None:
    """Write down what came of a few rows, and where to go on; not in the log of changes, once for all is."""
    had = move.found.get("refused", [])
    move.found = {
        "settings": move.found.get("settings", 0) + taken.added,
        "refused": had + taken.refused[: REFUSED_KEPT - len(had)],
        "refused_count": move.found.get("refused_count", 0) + len(taken.refused),
    } | ({"place": place} if place else {})
    SiteMove.objects.filter(pk=move.pk).update(found=move.found)
