"""A site is taken out of an archive: checked before anything is written; a second time adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.periods import micros
from zoco.kit.runs import Tell
from zoco.ledger.spool import BulkTable
from zoco.ledger.spool.instance import instance
from zoco.moving import facts
from zoco.moving.archive import FACTS, SUMS, Archive, ArchiveWrong, Entry, damaged, room_check
from zoco.moving.exporting import SITE_FIELDS
from zoco.moving.models import SiteMove, SiteReset
from zoco.moving.parts import parts_all, rows_take
from zoco.moving.running import MoveRefused, archive_of, folder_of, origin_of
from zoco.moving.sums import sums_check, sums_take
from zoco.sites import leaving, services
from zoco.sites.models import GoneSite, Hostname, Site

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

SAMPLE = 50


def import_do(move: SiteMove, tell: Tell) -> None:
    """Check, make the site or find it, then take in what is not there. Raises what is wrong, RunStopped."""
    from zoco.ledger.store import opening

    store, folder = opening.store(), folder_of(move)
    with Archive(archive_of(move)) as archive:
        manifest = archive.manifest
        move.facts, move.origin = manifest.facts, manifest.origin
        move.total = 2 * len(manifest.parts)
        room_check(conf.DATA(), 2 * sum(entry.size for entry in manifest.parts))
        scratch = folder / "part"
        try:
            for number, entry in enumerate(manifest.parts):
                tell(done=number, total=move.total, facts=move.facts, origin=move.origin)
                _check(archive.take_out(entry, scratch), entry)
            settings = archive.settings()
            store.drain()
            site = _site(move, store, settings)
            _settings_take(move, site, settings)
            until = micros(move.created_at)
            for number, entry in enumerate(manifest.parts, len(manifest.parts)):
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
    """Return the site that the archive is of, made where there is none. Raises MoveRefused."""
    with transaction.atomic():
        site = move.site or _known(move)
        if site is None:
            site, move.is_fresh = _free(store, settings), True
        is_new, move.site = move.site is None, site
        move.save()
    if SiteReset.objects.filter(site=site, state__in=["waiting", "running"]).exists():
        raise MoveRefused(_("The site %(site)s is being reset; import when that is over.") % {"site": site})
    if is_new:
        move.before = _count(store, site, micros(move.created_at))
        move.save()
    return site


def _known(move: SiteMove) -> Site | None:
    """Return the site that earlier moves of this origin made, or that it is itself.

    An earlier one that was cut off before it took the settings in leaves them to this one.
    """
    same = SiteMove.objects.filter(kind=SiteMove.Kind.IN, origin=move.origin, site__isnull=False)
    earlier = list(same.exclude(pk=move.pk).select_related("site"))
    move.is_fresh = any(each.is_fresh for each in earlier) and not any(each.found for each in earlier)
    if earlier:
        return earlier[0].site
    return next((site for site in Site.objects.all() if origin_of(site) == move.origin), None)


def _free(store: Store, settings: dict[str, Any]) -> Site:
    """Return an empty site with one of the host names, or a new one. Raises MoveRefused."""
    hosts = [str(row.get("name", "")) for row in _rows(settings, "hostnames")]
    holders = {each.site for each in Hostname.objects.filter(name__in=hosts).select_related("site")}
    for holder in holders:
        count, _first = leaving.facts_until(store, holder.pk, leaving.EVER)
        if count or len(holders) > 1:
            raise MoveRefused(
                _(
                    "The site %(site)s has one of these host names here (%(hosts)s) and %(count)s facts of "
                    "its own; nothing was imported. Take the host names away from it, or reset or delete it, "
                    "then go on with this import."
                )
                % {"site": holder, "hosts": ", ".join(hosts)[:100], "count": count}
            )
    return _written(next(iter(holders), None), settings["site"])


@transaction.atomic
def _written(site: Site | None, told: dict[str, Any]) -> Site:
    """Write the settings of the site itself. Raises ArchiveWrong for what no site can have."""
    try:
        if site is None:
            site = services.site_create(name=str(told.get("name", "")), slug=_slug(str(told.get("slug", ""))))
            site.is_demo = told.get("is_demo") is True
        for name in SITE_FIELDS:
            if name in told and name not in ("slug", "is_demo"):
                setattr(site, name, site._meta.get_field(name).to_python(told[name]))  # type: ignore[union-attr]
        site.full_clean()
    except (services.SiteWrong, ValidationError, TypeError, ValueError) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise ArchiveWrong(damaged("settings.json", words)) from error
    site.save()
    site.counting_origins.all().delete()
    return site


def _slug(wanted: str) -> str:
    """Return a short name that is free: the wanted one, or that with a number."""
    stem, number, slug = slugify(wanted)[:40] or "site", 1, slugify(wanted)[:40] or "site"
    while Site.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _rows(settings: dict[str, Any], key: str) -> list[Any]:
    found = settings["parts"].get(key, [])
    return found if isinstance(found, list) else []


def _settings_take(move: SiteMove, site: Site, settings: dict[str, Any]) -> None:
    """Take in settings where this import made the site; elsewhere they are people's own by now."""
    if not move.is_fresh or move.found:
        return
    added, refused = 0, []
    with transaction.atomic():
        for part in parts_all():
            taken = rows_take(part, site.pk, _rows(settings, part.key))
            added += taken.added
            refused += taken.refused
        services.site_changed(site=site)
    move.found = {"settings": added, "refused": refused[:200], "refused_count": len(refused)}
    move.save()


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
    digests = told if isinstance(told, dict) else {}
    known = {str(key): _import_key(site.pk, str(digest)) for key, digest in digests.items()}
    sums_take(store, site.pk, path, {key: here for key, here in known.items() if here}, tell)
    reads.forget()


def _import_key(site: int, digest: str) -> str:
    """Return the key of the import with these sums here; "" where somebody has undone it."""
    from django.apps import apps

    if not digest or not apps.is_installed("zoco.monitor"):
        return ""
    runs = apps.get_model("zoco_monitor", "ImportRun")._default_manager
    run = runs.filter(site=site, digest=digest, state="done").order_by("pk").first()
    return f"{run.kind}-{run.pk}" if run else ""
