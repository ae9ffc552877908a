"""Whoever is erased, and days past their time, go out of exported files too; what cannot be reached is owed.

All duties of an erasure are written down before the first is tried. A duty stays, and is shown to the owner,
until the files say no more of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from zoco.kit import conf
from zoco.ledger import sitebook
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import Erasures, erasure_key
from zoco.monitor.exports import holding
from zoco.monitor.exports.marks import Marker, has_any, mark_of, packed, unpacked
from zoco.monitor.exports.models import ExportDay, ExportDuty
from zoco.monitor.exports.rewriting import day_rewrite
from zoco.monitor.exports.targets import FileOut, Target, TargetOut, target_open

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

# After each failure of a place; then the last one again and again.
PAUSES = [timedelta(minutes=each) for each in (5, 15, 30, 60, 120, 240)]
AT_ONCE_SECONDS = 20.0
"""So long an erasure waits for files; the rest is done behind it."""
_at_work = threading.Lock()


def owe(erasure: Erasure) -> int:
    """Write down which files may hold whom an erasure names; durable when it returns, nothing is tried."""
    with sitebook.everything():
        days = ExportDay.objects.filter(site=erasure.site) if erasure.site else ExportDay.objects.all()
        return _owed(days, [(marker().of_erasure(erasure), erasure.at)])


def erase(erasure: Erasure) -> int:
    """Take whom an erasure names out of all files that may hold them; returns how many rows went at once."""
    with sitebook.everything():
        owe(erasure)  # days that were begun since it was said first
        return _tried(_due(timezone.now()).filter(until=erasure.at), seconds=AT_ONCE_SECONDS)


def files_holding(whom: Erasure) -> list[str]:
    """Return the files of all days that hold one of these, with their place."""
    wanted = marker().of_erasure(whom)
    days = ExportDay.objects.filter(made_at__isnull=False).order_by("site", "day", "id")
    if whom.site:
        days = days.filter(site=whom.site)
    held = (day for day in days.iterator() if has_any(day.marks, wanted))
    return [f"{day.target or conf.DATA() / 'exports'}: {name}" for day in held for name in day.files]


def erase_again(book: Erasures) -> int:
    """After a restore take out whoever the book names; returns how many rows went at once."""
    with sitebook.everything():
        of_sites: dict[int, list[tuple[set[int], int]]] = {}
        for digest, site, until in book.hashes():
            of_sites.setdefault(site, []).append(({mark_of(digest)}, until))
        for site, named in of_sites.items():
            _owed(ExportDay.objects.filter(site=site) if site else ExportDay.objects.all(), named)
        return _tried(_due(timezone.now()))


def marker() -> Marker:
    """Return what hashes numbers under this installation's key."""
    return Marker(erasure_key(conf.DATA()))


def _owed(days: QuerySet[ExportDay], named: Iterable[tuple[set[int], int]]) -> int:
    """Write down, in one transaction, each day that may hold some of these; returns how many are new."""
    with transaction.atomic():
        new = []
        asked = [(wanted, packed(wanted), until) for wanted, until in named if wanted]
        untils = {until for _wanted, _marks, until in asked}
        owed = ExportDuty.objects.filter(is_whole=False)
        there = {
            (duty.day_id, bytes(duty.marks), duty.until) for duty in owed.iterator() if duty.until in untils
        }
        for day in days.order_by("id").iterator():
            for wanted, marks, until in asked:
                may_hold = day.made_at is None or has_any(day.marks, wanted)
                if may_hold and (day.pk, marks, until) not in there:
                    new.append(ExportDuty(day=day, marks=marks, until=until))
        ExportDuty.objects.bulk_create(new, batch_size=500)
    return len(new)


def _due(now: datetime) -> QuerySet[ExportDuty]:
    return ExportDuty.objects.filter(Q(next_at=None) | Q(next_at__lte=now))


def _tried(due: QuerySet[ExportDuty], *, seconds: float = float("inf")) -> int:
    """Try what is due, each place that is away once; returns how many rows went."""
    end, away, gone = time.monotonic() + seconds, set[str](), 0
    opened: dict[str, Target] = {}
    days = ExportDay.objects.filter(pk__in=due.values("day")).order_by("target", "id")
    for pk, place in list(days.values_list("pk", "target")):
        if time.monotonic() > end:
            break
        if place in away:
            continue
        try:
            gone += day_duties_do(pk, opened)
        except FileOut as error:
            _put_off(ExportDuty.objects.filter(day=pk), error)
        except TargetOut as error:
            away.add(place)
            _put_off(ExportDuty.objects.filter(day__target=place), error)
    return gone


def _put_off(duties: QuerySet[ExportDuty], error: TargetOut) -> None:
    """Say why it could not be done, and when it is tried again: later each time."""
    now = timezone.now()
    due = duties.filter(Q(next_at=None) | Q(next_at__lte=now))
    for tries in list(due.order_by("tries").values_list("tries", flat=True).distinct()):
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        due.filter(tries=tries).update(
            tried_at=now, next_at=now + pause, tries=F("tries") + 1, said=str(error)[:300]
        )
    log.warning("Exported files still hold what is to be deleted. error=%s", error)


def day_duties_do(pk: int, opened: dict[str, Target]) -> int:
    """Do what is owed for a day; returns how many rows went. Raises TargetOut, and the duties stay.

    A day on whose files somebody works right now is left to him: a writer does it at his end, and what he
    does not see is done with the next look.
    """
    day = ExportDay.objects.filter(pk=pk).first()
    if day is None:
        return 0
    with holding.held(holding.day_name(day)) as folder:
        if folder is None:
            return 0
        day = ExportDay.objects.filter(pk=pk).first()
        if day is None:
            return 0
        if day.target not in opened:
            opened[day.target] = target_open(day.target)
        return held_duties_do(day, opened[day.target])


def held_duties_do(day: ExportDay, target: Target) -> int:
    """Do what is owed for a day whose lock one holds."""
    owed = list(day.duties.order_by("id"))
    if not owed:
        return 0
    if any(duty.is_whole for duty in owed):
        gone = day.rows
        for name in day.files:
            target.remove(name)
        day.delete()
        return gone
    named = [(unpacked(duty.marks), duty.until) for duty in owed]
    gone = day_rewrite(day, target, named, marker())
    ExportDuty.objects.filter(pk__in=[duty.pk for duty in owed]).delete()
    return gone


def duties_do() -> int:
    """Try again what is owed and due; returns how many days are still owed."""
    with sitebook.everything():
        _tried(_due(timezone.now()))
        return ExportDay.objects.filter(duties__isnull=False).distinct().count()


def duties_begin() -> threading.Thread | None:
    """Do what is due beside whatever else is to be done: a place that is away must not hold that up."""
    if not _at_work.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_apart, name="exports: what is owed", daemon=True)
    thread.start()
    return thread


def _apart() -> None:
    try:
        close_old_connections()
        left_clear()
        duties_do()
    except Exception:
        log.exception("What is owed to exported files could not be done; it is tried again.")
    finally:
        connections.close_all()
        _at_work.release()


def left_clear() -> int:
    """Take away what killed exports left half-way, here and where files go; returns how much that was."""
    gone = holding.left_clear()
    for day in ExportDay.objects.filter(made_at=None).order_by("id"):
        with holding.held(holding.day_name(day)) as folder:
            if folder is None:
                continue
            try:
                target = target_open(day.target)
                for name in day.files:
                    target.sweep(name)
            except TargetOut as error:
                log.info("A place with half-written files cannot be reached. error=%s", error)
    return gone


def days_whole(days: QuerySet[ExportDay]) -> int:
    """Write down that whole days are to be deleted; returns how many are new."""
    with transaction.atomic():
        new = [ExportDuty(day=day, is_whole=True) for day in days.exclude(duties__is_whole=True)]
        ExportDuty.objects.bulk_create(new, batch_size=500)
    return len(new)


def days_owed(days: QuerySet[ExportDay]) -> int:
    """Note that whole days are to be deleted, and try; returns how many went."""
    keys = list(days.values_list("pk", flat=True))
    days_whole(days)
    _tried(_due(timezone.now()).filter(is_whole=True), seconds=AT_ONCE_SECONDS)
    return len(keys) - ExportDay.objects.filter(pk__in=keys).count()
