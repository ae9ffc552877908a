"""A site is taken out of an archive: checked before anything is written; a second time adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.periods import micros
from zoco.kit.runs import Tell
from zoco.ledger.spool import BulkTable
from zoco.ledger.spool.instance import instance
from zoco.moving.files import facts
from zoco.moving.files.archive import FACTS, SUMS, Archive, ArchiveWrong, Entry, damaged, room_check
from zoco.moving.files.sums import sums_check, sums_take
from zoco.moving.models import SiteMove, SiteReset
from zoco.moving.parts import origin_keys
from zoco.moving.running import MoveRefused, archive_of, folder_of
from zoco.moving.taking import portions_of, settings_of, settings_take
from zoco.moving.targets import target_ask, target_make
from zoco.sites import leaving
from zoco.sites.models import GoneSite, Site

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

SAMPLE = 50


def import_do(move: SiteMove, tell: Tell) -> None:
    """Check, make the site or find it, then take in what is not there.

    Raises what is wrong, RunStopped, and MoveAsks before anything is written into a site that is here.
    """
    from zoco.ledger.store import opening

    store, folder = opening.store(), folder_of(move)
    with Archive(archive_of(move)) as archive:
        manifest = archive.manifest
        if move.origin not in ("", manifest.origin):  # another file lies there than the one it began with
            move.site, move.target, move.is_sure, move.is_fresh, move.found = None, None, False, False, {}
        move.facts, move.origin = manifest.facts, manifest.origin
        settings = settings_of(archive)
        parts, steps = len(manifest.parts), portions_of(settings)
        move.total = 2 * parts + steps
        room_check(conf.DATA(), 2 * sum(entry.size for entry in manifest.parts))
        scratch = folder / "part"
        store.drain()
        target_ask(move, store, settings)
        try:
            for number, entry in enumerate(manifest.parts):
                tell(done=number, total=move.total, facts=move.facts, origin=move.origin)
                _check(archive.take_out(entry, scratch), entry)
            site = _site(move, store, settings)
            settings_take(move, site, settings, tell)
            until = micros(move.created_at)
            for number, entry in enumerate(manifest.parts, parts + steps):
                tell(done=number)
                if FACTS.fullmatch(entry.name):
                    _facts_take(store, site, archive.take_out(entry, scratch), tell)
                elif entry.name == SUMS:
                    _sums_take(store, site, archive.take_out(entry, scratch), settings, tell)
        finally:
            scratch.unlink(missing_ok=True)
    move.added = max(0, _count(store, site, until) - move.before)
    move.done = move.total


def _check(path: Path, entry: Entry) -> None:
    try:
        if FACTS.fullmatch(entry.name):
            facts.file_check(path, entry.rows)
        elif entry.name == SUMS:
            sums_check(path, entry.rows)
    except facts.FactsWrong as error:
        raise ArchiveWrong(damaged(entry.name, str(error))) from error


def _site(move: SiteMove, store: Store, settings: dict[str, Any]) -> Site:
    """Return the site that the archive goes into, made where there is none. Raises MoveAsks, MoveRefused."""
    with transaction.atomic():
        is_new = move.site is None
        site, is_written = target_ask(move, store, settings)
        if site is None or is_written:
            site = target_make(site, settings["site"])
        move.site = site
        move.save(update_fields=["site", "is_fresh"])
    if SiteReset.objects.filter(site=site, state__in=["waiting", "running"]).exists():
        raise MoveRefused(_("The site %(site)s is being reset; import when that is over.") % {"site": site})
    if is_new:
        move.before = _count(store, site, micros(move.created_at))
        move.save(update_fields=["before"])
    return site


def _facts_take(store: Store, site: Site, path: Path, tell: Tell) -> None:
    """Put a month into the ledger, the facts that are there already left out by their ids."""
    spool = conf.DATA() / "spool"
    for table in facts.batches(path, site.pk):
        tell()
        _elsewhere_check(store, site, table)
        with BulkTable(spool, instance(conf.DATA())) as segment:
            segment.write(table)
        store.drain()


def _elsewhere_check(store: Store, site: Site, table: pa.Table) -> None:
    """Refuse facts that another site here holds: an id is counted once. Raises MoveRefused."""
    step = max(1, table.num_rows // SAMPLE)
    keys = [str(key) for key in table.column("id").to_pylist()[::step]]
    quoted = ", ".join(f"'{key}'" for key in keys)
    first, last = (micros_text(each) for each in _span(table))
    found = store.query(
        "SELECT DISTINCT site FROM facts"  # noqa: S608 - UUIDs, moments and a number
        f" WHERE id IN ({quoted}) AND site <> {site.pk} AND occurred_at BETWEEN '{first}' AND '{last}'"
    ).to_pylist()
    if found:
        other = Site.objects.filter(pk=found[0]["site"]).first()
        gone = GoneSite.objects.filter(site=found[0]["site"]).first()
        raise MoveRefused(
            _(
                "The facts of this archive are here already, under the site %(site)s, and a fact is counted "
                "once. Reset or delete that site, wait until it is empty, then go on with this import."
            )
            % {"site": other or (gone.name if gone else found[0]["site"])}
        )


def _span(table: pa.Table) -> tuple[int, int]:
    import pyarrow.compute as pc

    found = pc.min_max(table.column("occurred_at")).as_py()
    return found["min"], found["max"]


def micros_text(at: int) -> str:
    """Write a moment for a question to the store."""
    from zoco.kit.periods import moment_at

    return f"{moment_at(at):%Y-%m-%d %H:%M:%S.%f}"


def _count(store: Store, site: Site, until: int) -> int:
    from zoco.kit.periods import moment_at

    return leaving.facts_until(store, site.pk, moment_at(until))[0]


def _sums_take(store: Store, site: Site, path: Path, settings: dict[str, Any], tell: Tell) -> None:
    """Put imported days in under the imports that are here; not those that were undone."""
    from zoco.sites import reads

    told = settings.get("imports")
    known = {mark: key for key, mark in reversed(origin_keys(site.pk).items())}
    pairs = told.items() if isinstance(told, dict) else ()
    here = {key: known[str(mark)] for key, mark in pairs if str(mark) in known}
    sums_take(store, site.pk, path, here, tell)
    reads.forget()
