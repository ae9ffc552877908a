"""Whoever is erased, and days past their time, go out of exported files too; what cannot be reached is owed.

A duty stays, and is shown to the owner, until the files say no more of them.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from zoco.kit import conf
from zoco.ledger import sitebook
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import Erasures, erasure_key
from zoco.monitor.exports.files import rows_without
from zoco.monitor.exports.marks import Marker, has_any, mark_of, packed, unpacked
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportRun
from zoco.monitor.exports.targets import Target, TargetOut, target_open

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=30)


def erase(erasure: Erasure) -> int:
    """Take whom an erasure names out of all files that may hold them; returns how many rows went at once."""
    with sitebook.everything():
        days = ExportDay.objects.order_by("id")
        if erasure.site:
            days = days.filter(site=erasure.site)
        return _owed(days, _marker().of_erasure(erasure), erasure.at)


def files_holding(whom: Erasure) -> list[str]:
    """Return the files of all days that hold one of these, with their place."""
    wanted = _marker().of_erasure(whom)
    days = ExportDay.objects.filter(made_at__isnull=False).order_by("site", "day", "id")
    if whom.site:
        days = days.filter(site=whom.site)
    held = (day for day in days.iterator() if has_any(day.marks, wanted))
    return [f"{day.target or conf.DATA() / 'exports'}: {name}" for day in held for name in day.files]


def erase_again(book: Erasures) -> int:
    """After a restore take out whoever the book names; returns how many rows went at once."""
    gone = 0
    for digest, site, until in book.hashes():
        days = ExportDay.objects.order_by("id")
        gone += _owed(days.filter(site=site) if site else days, {mark_of(digest)}, until)
    return gone


def _marker() -> Marker:
    return Marker(erasure_key(conf.DATA()))


def _owed(days: QuerySet[ExportDay], wanted: set[int], until: int) -> int:
    """Write the duty down with each day that may hold one of these, then try to do it."""
    gone = 0
    for day in days.iterator():
        if day.made_at is None or has_any(day.marks, wanted):
            ExportDuty.objects.create(day=day, marks=packed(wanted), until=until)
            try:
                gone += day_duties_do(day)
            except TargetOut as error:
                log.warning("An exported day still holds who was erased. day=%s error=%s", day.pk, error)
    return gone


def day_duties_do(day: ExportDay, *, target: Target | None = None) -> int:
    """Do what is owed for a day; returns how many rows went. Raises TargetOut, and the duties stay.

    A day that a run writes right now is left to that run, which does it at its end.
    """
    owed = list(day.duties.order_by("id"))
    if not owed or _is_written(day):
        return 0
    keys = [duty.pk for duty in owed]
    try:
        opened = target or target_open(day.target)
        if any(duty.is_whole for duty in owed):
            gone = day.rows
            for name in day.files:
                opened.remove(name)
            day.delete()
            return gone
        gone = sum(_rewritten(day, opened, unpacked(duty.marks), duty.until) for duty in owed)
    except TargetOut as error:
        ExportDuty.objects.filter(pk__in=keys).update(tried_at=timezone.now(), said=str(error)[:300])
        raise
    ExportDuty.objects.filter(pk__in=keys).delete()
    return gone


def _is_written(day: ExportDay) -> bool:
    open_states = [ExportRun.State.WAITING, ExportRun.State.RUNNING]
    runs = ExportRun.objects.filter(site=day.site, format=day.format, target=day.target)
    return day.made_at is None and runs.filter(state__in=open_states).exists()


def _rewritten(day: ExportDay, target: Target, gone: set[int], until: int) -> int:
    """Write each file of a day that holds them again, without them."""
    marker, removed = _marker(), 0
    work = conf.DATA() / "tmp" / "exports"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=work))
    try:
        for name in day.files:
            path = folder / "rest"
            try:
                with target.open(name) as file:
                    went, _ = rows_without(file, path, day.format, marker=marker, gone=gone, until=until)
            except FileNotFoundError:
                continue
            if went:
                target.put(name, path)
            removed += went
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    day.rows = max(0, day.rows - removed)
    day.save(update_fields=["rows"])
    return removed


def duties_do() -> int:
    """Try again what is owed, each at most every half hour; returns how many days are still owed."""
    due = ExportDuty.objects.exclude(tried_at__gt=timezone.now() - PAUSE)
    for day in ExportDay.objects.filter(duties__in=due).distinct():
        try:
            day_duties_do(day)
        except TargetOut as error:
            log.warning("An exported day cannot be reached. day=%s error=%s", day.pk, error)
    return ExportDay.objects.filter(duties__isnull=False).distinct().count()


def days_owed(days: QuerySet[ExportDay]) -> int:
    """Note that whole days are to be deleted, and try; returns how many went."""
    gone = 0
    for day in days.exclude(duties__is_whole=True).order_by("id"):
        ExportDuty.objects.create(day=day, is_whole=True)
        try:
            day_duties_do(day)
            gone += 1
        except TargetOut as error:
            log.warning(
                "An exported day is past its time and cannot be reached. day=%s error=%s", day.pk, error
            )
    return gone
