"""A site is written into an archive: month by month, so that one that was cut off goes on where it was."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.periods import micros
from zoco.kit.runs import Tell
from zoco.ledger import schema
from zoco.moving.files import archive, facts
from zoco.moving.files.archive import Entry, Manifest, archive_write, entry_of
from zoco.moving.files.sums import sums_write
from zoco.moving.models import SiteMove
from zoco.moving.parts import Part, origin_keys, parts_all, rows_of
from zoco.moving.running import MoveRefused, archive_of, folder_of, origin_of
from zoco.sites.models import Site

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

SITE_FIELDS = (
    "name", "slug", "zone", "currency", "week_start", "retention_days", "search_parameters",
    "privacy_signals", "has_banner", "banner_text", "banner_link", "is_demo",
)  # fmt: skip


def export_begin(*, site: Site, by: int | None, path: str = "") -> SiteMove:
    """Note an export; without a path its file lies in the data folder."""
    return SiteMove.objects.create(
        kind=SiteMove.Kind.OUT, site=site, name=f"{site.slug}.zoco.zip", path=path, created_by_id=by
    )


def export_do(move: SiteMove, tell: Tell) -> None:
    """Write the parts that are not there yet, then the archive. Raises RunStopped, ArchiveWrong."""
    from zoco.ledger.store import opening

    store, folder = opening.store(), folder_of(move)
    site = Site.objects.get(pk=move.site_id or 0)
    store.drain()
    (folder / "facts").mkdir(exist_ok=True)
    months = facts.months_of(store, site.pk)
    entries: list[Entry] = []
    move.total = len(months) + 1
    for number, month in enumerate(months):
        tell(done=number, total=move.total, facts=sum(entry.rows for entry in entries))
        entry = _month(store, site.pk, month, folder, tell, is_last=number == len(months) - 1)
        entries += [entry] if entry is not None else []
    counted = sum(entry.rows for entry in entries)
    entries += [_settings(site, folder), _sums(store, site.pk, folder)]
    manifest = Manifest(
        archive.FORMAT, archive.VERSION, schema.VERSION, origin_of(site), micros(timezone.now()),
        site.name, site.slug, counted, entries,
    )  # fmt: skip
    target = archive_of(move)
    archive.room_check(target.parent, sum(entry.size for entry in entries))
    archive_write(target, manifest, folder)
    for path in [folder / entry.name for entry in entries]:
        path.unlink()
    for note in (folder / "facts").glob("*.json"):
        note.unlink()
    move.facts, move.done, move.size = counted, move.total, target.stat().st_size
    move.origin = manifest.origin


def _month(
    store: Store, site: int, month: facts.Month, folder: Path, tell: Tell, *, is_last: bool
) -> Entry | None:
    """Write a month, or take it as an earlier try left it; the last one is still being counted."""
    name = f"facts/{month[0]:04}-{month[1]:02}.parquet"
    path, note = folder / name, folder / f"{name}.json"
    if note.exists() and path.exists() and not is_last:
        return msgspec.json.decode(note.read_bytes(), type=Entry)
    note.unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    rows = facts.month_write(store, site, month, path, tell=tell)
    if not rows:
        return None
    entry = entry_of(path, name, rows)
    note.write_bytes(msgspec.json.encode(entry))
    return entry


def _settings(site: Site, folder: Path) -> Entry:
    """Write the settings as they are now."""
    # What is packed is much, and of what is over: it is read before, while others may write.
    packed = {part.key: _rows(part, site) for part in parts_all() if part.rows}
    with transaction.atomic():
        told: dict[str, Any] = {name: getattr(site, name) for name in SITE_FIELDS}
        parts = {part.key: packed[part.key] if part.rows else _rows(part, site) for part in parts_all()}
        keys = origin_keys(site.pk)
    path = folder / archive.SETTINGS
    path.write_bytes(msgspec.json.encode({"site": told, "parts": parts, "imports": keys}))
    return entry_of(path, archive.SETTINGS)


def _rows(part: Part, site: Site) -> list[dict[str, Any]]:
    """Return the rows of a part. Raises MoveRefused when no archive holds so many."""
    rows = list(islice(rows_of(part, site.pk), part.most + 1))
    if len(rows) > part.most:
        raise MoveRefused(
            _("An archive holds %(most)s %(part)s at most, and %(site)s has more. Delete some, then go on.")
            % {"most": part.most, "part": part.key, "site": site}
        )
    return rows


def _sums(store: Store, site: int, folder: Path) -> Entry:
    """Write the imported days."""
    path = folder / archive.SUMS
    rows = sums_write(store, site, path)
    return entry_of(path, archive.SUMS, rows)
