"""Exports are begun, done day by day, stopped and gone on with. A second run of a day replaces its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.holding import MOMENT
from zoco.kit.runs import QUIET, Tell
from zoco.ledger import sitebook
from zoco.ledger.spool.instance import instance
from zoco.ledger.store.base import Store
from zoco.monitor.exports import duties, holding
from zoco.monitor.exports.days import day_rows, day_stamp
from zoco.monitor.exports.files import ENDINGS, PART_ROWS, Part, parts_write
from zoco.monitor.exports.marks import packed
from zoco.monitor.exports.models import ExportDay, ExportPlan, ExportRun, Format
from zoco.monitor.exports.targets import EXPORTS, Target, TargetOut, target_open
from zoco.sites.runs import ENDED, Ending, Runs

if TYPE_CHECKING:
    import pyarrow as pa
    from django.db.models import QuerySet

State = ExportRun.State
# More at once is asked in pieces: a run's days stand in the database one by one.
DAYS_MOST = 3_700


class ExportWrong(ValueError):
    """This cannot be exported as it was asked for; the message says why and what to do."""


def _under_way() -> str:
    return _("An export of this site in this format is under way; wait for it, or stop it.")


@dataclass(frozen=True, slots=True)
class Job:
    """What a run needs for each of its days."""

    site: sitebook.SiteInfo
    format: str
    place: str
    target: Target
    store: Store
    most: int = PART_ROWS


def _plan_told(run: ExportRun) -> None:
    """Note with the plan whether its days come through, since when not, and why."""
    if run.plan is None:
        return
    plan = ExportPlan.objects.filter(pk=run.plan.pk)
    if run.state == State.DONE:
        plan.update(failing_since=None, said="")
    elif run.state == State.FAILED:
        plan.filter(failing_since=None).update(failing_since=timezone.now())
        plan.update(said=run.said)


def _enqueue(key: int) -> None:
    from zoco.monitor.tasks import export_do

    export_do.enqueue(run=key)


def _lock(run: ExportRun) -> str:
    return holding.run_name(run.site_id, run.format)


def _ending(error: Exception) -> Ending | None:
    return Ending(State.FAILED, str(error)) if isinstance(error, TargetOut) else None


RUNS = Runs(
    model=ExportRun,
    held_in=holding.KIND,
    enqueue=_enqueue,
    lock=_lock,
    waiting=State.WAITING,
    working=State.RUNNING,
    ends=_ending,
    over=_plan_told,
)


def run_begin(
    *,
    site: int,
    first: date,
    last: date,
    format: str,
    place: str | None = None,
    plan: ExportPlan | None = None,
    by: int | None = None,
    is_background: bool = True,
) -> ExportRun:
    """Ask for a run. Raises ExportWrong, also while another of this site and format is at it.

    One that is not done in the background is running from its first moment: a WAITING one has a task.
    """
    if last < first:
        raise ExportWrong(_("The last day lies before the first."))
    if (last - first).days >= DAYS_MOST:
        raise ExportWrong(_("An export has at most %(count)s days; make two.") % {"count": DAYS_MOST})
    runs_bury(ExportRun.objects.filter(site=site, format=format))
    run = ExportRun(
        site_id=site, plan=plan, format=format, target=EXPORTS() if place is None else place,
        first_on=first, last_on=last, total=(last - first).days + 1, created_by_id=by,
        state=State.WAITING if is_background else State.RUNNING,
        machine="" if is_background else instance(conf.DATA()),
    )  # fmt: skip
    try:
        if is_background:
            return RUNS.begin(run)
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise ExportWrong(_under_way()) from None
    return run


def run_now(
    *, site: int, first: date, last: date, format: str, place: str | None, store: Store | None = None
) -> ExportRun:
    """Do a run here and now, as a command does; whoever kills it leaves nothing that is in the way.

    Raises ExportWrong; KeyboardInterrupt when it is stopped.
    """
    with holding.held(holding.run_name(site, format), seconds=MOMENT) as folder:
        if folder is None:
            raise ExportWrong(_under_way())
        runs_bury(ExportRun.objects.filter(site=site, format=format), is_ours=True)
        run = run_begin(
            site=site, first=first, last=last, format=format, place=place, is_background=False
        )  # fmt: skip
        try:
            return _there(RUNS.through_held(run.pk, folder, partial(_work, store, PART_ROWS)))
        except KeyboardInterrupt:
            ExportRun.objects.filter(pk=run.pk).update(state=State.STOPPED, told_at=timezone.now())
            raise


def runs_bury(runs: QuerySet[ExportRun], *, is_ours: bool = False) -> int:
    """Let runs have failed whose process is gone; returns how many those are.

    A run lives as long as its lock is held, however long it says nothing. One that a command of this machine
    began is dead without it. One in the background may be put back and begun again by another worker, and
    the lock of another machine is not seen here: those have ten minutes since they said anything.
    `is_ours`: the lock is held by whoever asks, who has not begun yet.
    """
    late, here, dead = timezone.now() - QUIET, instance(conf.DATA()), []
    for run in runs.filter(state=State.RUNNING):
        if run.told_at > late and run.machine != here:
            continue
        if is_ours or not RUNS.is_held(run):
            dead.append(run.pk)
    found = ExportRun.objects.filter(pk__in=dead, state=State.RUNNING)
    return found.update(state=State.FAILED, said=ENDED, told_at=timezone.now())


def run_again(*, run: ExportRun) -> None:
    """Go on with a run that was stopped or failed; days that are done are skipped."""
    try:
        RUNS.again(run)
    except IntegrityError:
        raise ExportWrong(_under_way()) from None


def run_through(*, key: int, store: Store | None = None, most: int = PART_ROWS) -> ExportRun:
    """Do a run that was asked for; one that was cut off goes on. What went wrong stands in it."""
    return _there(RUNS.through(key, partial(_work, store, most)))


def _there(run: ExportRun | None) -> ExportRun:
    if run is None:
        raise ExportRun.DoesNotExist
    return run


def _work(store: Store | None, most: int, run: ExportRun, _scratch: Path, tell: Tell) -> None:
    from zoco.ledger.store import opening

    site = next(each for each in sitebook.sites() if each.id == run.site_id)
    opened = store or opening.store()
    opened.drain()
    _days_do(run, Job(site, run.format, run.target, target_open(run.target), opened, most), tell)


def _days_do(run: ExportRun, job: Job, tell: Tell) -> None:
    run.written = run.rows = 0
    for number in range(run.total):
        tell(done=number, written=run.written, rows=run.rows)
        row, is_new = day_export(job, run.first_on + timedelta(days=number), tell)
        run.written += is_new
        run.rows += row.rows
    run.done = run.total


def day_export(job: Job, day: date, tell: Tell) -> tuple[ExportDay, bool]:
    """Write a day, or leave it where it is there as the ledger has it; returns whether it was written.

    Killed half-way it leaves whole files, old or new; the day then counts as holding anybody. Whoever takes
    people out of the same files waits until it is over. Raises TargetOut, RunStopped.
    """
    key = ExportDay(target=job.place, site=job.site.id, day=day, format=job.format)
    while True:
        with holding.held(holding.day_name(key), seconds=MOMENT) as folder:
            if folder is not None:
                return _day_held(job, day, folder, tell)
        tell()


def _day_held(job: Job, day: date, folder: Path, tell: Tell) -> tuple[ExportDay, bool]:
    _facts, stamp = day_stamp(job.store, job.site.id, job.site.zone, day)
    row, _made = ExportDay.objects.get_or_create(
        target=job.place, site=job.site.id, day=day, format=job.format
    )
    if row.made_at is not None and row.stamp == stamp and not row.duties.exists():
        return row, False
    # Whoever exports a day whose files were to go wants the new ones.
    meant = list(row.duties.filter(is_whole=True).values_list("pk", flat=True))
    row.made_at = None
    row.save(update_fields=["made_at"])
    marker, marks = duties.marker(), set[int]()

    def seen() -> Iterator[pa.RecordBatch]:
        for batch in day_rows(job.store, job.site.id, job.site.zone, day):
            tell()
            marks.update(marker.of_rows(batch))
            yield batch

    parts = parts_write(seen(), folder, job.format, most=job.most)
    row.size = _put(job, row, day, parts, tell)
    row.duties.filter(pk__in=meant).delete()
    row.rows = sum(part.rows for part in parts)
    row.stamp, row.marks, row.made_at = stamp, packed(marks), timezone.now()
    row.save()
    duties.held_duties_do(row, job.target)
    return row, True


def _put(job: Job, row: ExportDay, day: date, parts: Sequence[Part], tell: Tell) -> int:
    """Put the parts under their names and take away what an earlier run left beyond them."""
    names = [_name(job, day, number) for number in range(1, len(parts) + 1)]
    before = [name for name in row.files if name not in names]
    row.files = [*names, *before]
    row.save(update_fields=["files"])
    size = 0
    for part, name in zip(parts, names, strict=True):
        job.target.put(name, part.path, tell)
        size += part.path.stat().st_size
    for name in before:
        job.target.remove(name)
    row.files = names
    return size


def _name(job: Job, day: date, number: int) -> str:
    """Return the name of a part: the same for the same day, whoever asks. Demo data say so in it."""
    site = f"{'demo-data_' if job.site.is_demo else ''}{job.site.slug}-{job.site.id}"
    return f"{site}/{day:%Y}/{day:%m}/{site}_{day}_{number}.{ENDINGS[Format(job.format)]}"


def day_over(zone: str, now: datetime, *, after: timedelta = timedelta()) -> date:
    """Return the last local day that is over, and has been for so long."""
    return (now - after).astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
