"""Exports are begun, done day by day, stopped and gone on with. A second run of a day replaces its files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.runs import RunStopped, Tell, dead_fail, teller
from zoco.ledger import sitebook
from zoco.ledger.store.base import Store
from zoco.ledger.store.erasures import erasure_key
from zoco.monitor.exports import duties
from zoco.monitor.exports.days import day_rows, day_stamp
from zoco.monitor.exports.files import ENDINGS, PART_ROWS, Part, parts_write
from zoco.monitor.exports.marks import Marker, packed
from zoco.monitor.exports.models import ExportDay, ExportPlan, ExportRun, Format
from zoco.monitor.exports.targets import EXPORTS, Target, TargetOut, target_open

State = ExportRun.State
# More at once is asked in pieces: a run's days stand in the database one by one.
DAYS_MOST = 3_700


class ExportWrong(ValueError):
    """This cannot be exported as it was asked for; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a run needs for each of its days."""

    site: sitebook.SiteInfo
    format: str
    place: str
    target: Target
    store: Store
    most: int = PART_ROWS


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
    """Ask for a run. Raises ExportWrong, also while another of this site and format is at it."""
    from zoco.monitor.tasks import export_do

    if last < first:
        raise ExportWrong(_("The last day lies before the first."))
    if (last - first).days >= DAYS_MOST:
        raise ExportWrong(_("An export has at most %(count)s days; make two.") % {"count": DAYS_MOST})
    running = ExportRun.objects.filter(site=site, format=format, state=State.RUNNING)
    dead_fail(running, failed=State.FAILED)
    days = (last - first).days + 1
    try:
        with transaction.atomic():
            run = ExportRun.objects.create(
                site_id=site, plan=plan, format=format, target=EXPORTS() if place is None else place,
                first_on=first, last_on=last, total=days, created_by_id=by,
            )  # fmt: skip
            if is_background:
                export_do.enqueue(run=run.pk)
    except IntegrityError:
        raise ExportWrong(
            _("An export of this site in this format is under way; wait for it, or stop it.")
        ) from None
    return run


def run_again(*, run: ExportRun) -> None:
    """Go on with a run that was stopped or failed; days that are done are skipped."""
    from zoco.monitor.tasks import export_do

    found = ExportRun.objects.filter(pk=run.pk, state__in=[State.STOPPED, State.FAILED])
    try:
        with transaction.atomic():
            if found.update(state=State.WAITING, is_to_stop=False, said="", told_at=timezone.now()):
                export_do.enqueue(run=run.pk)
    except IntegrityError:
        raise ExportWrong(
            _("An export of this site in this format is under way; wait for it, or stop it.")
        ) from None


def run_stop(*, run: ExportRun) -> None:
    """Let a run end at its next step; days that are written stay."""
    ExportRun.objects.filter(pk=run.pk, state=State.WAITING).update(state=State.STOPPED)
    ExportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(is_to_stop=True)


def run_through(*, key: int, store: Store | None = None, most: int = PART_ROWS) -> ExportRun:
    """Do a run that was asked for; one that was cut off goes on. What went wrong stands in it."""
    from zoco.ledger.store import opening

    found = ExportRun.objects.filter(pk=key, state__in=[State.WAITING, State.RUNNING])
    is_mine = found.update(state=State.RUNNING, told_at=timezone.now())
    run = ExportRun.objects.select_related("plan").get(pk=key)
    if not is_mine:
        return run
    tell = teller(run)
    try:
        site = next(each for each in sitebook.sites() if each.id == run.site_id)
        opened = store or opening.store()
        opened.drain()
        job = Job(site, run.format, run.target, target_open(run.target), opened, most)
        _days_do(run, job, tell)
        run.state = State.DONE
    except RunStopped:
        run.state = State.STOPPED
    except TargetOut as error:
        run.state, run.said = State.FAILED, str(error)[:300]
    except Exception as error:
        run.state, run.said = State.FAILED, f"{type(error).__name__}: {error}"[:300]
        raise
    finally:
        run.told_at = timezone.now()
        run.save()
        _plan_told(run)
    return run


def _days_do(run: ExportRun, job: Job, tell: Tell) -> None:
    run.written = run.rows = 0
    for number in range(run.total):
        tell(done=number, written=run.written, rows=run.rows)
        row, is_new = day_export(job, run.first_on + timedelta(days=number), tell)
        run.written += is_new
        run.rows += row.rows
    run.done = run.total


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


def day_export(job: Job, day: date, tell: Tell) -> tuple[ExportDay, bool]:
    """Write a day, or leave it where it is there as the ledger has it; returns whether it was written.

    Killed half-way it leaves whole files, old or new; the day then counts as holding anybody.
    Raises TargetOut, RunStopped.
    """
    _facts, stamp = day_stamp(job.store, job.site.id, job.site.zone, day)
    row, _made = ExportDay.objects.get_or_create(
        target=job.place, site=job.site.id, day=day, format=job.format
    )
    if row.made_at is not None and row.stamp == stamp and not row.duties.exists():
        return row, False
    row.made_at = None
    row.save(update_fields=["made_at"])
    marker, marks = Marker(erasure_key(conf.DATA())), set[int]()
    work = conf.DATA() / "tmp" / "exports"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=work))
    try:

        def seen() -> object:
            for batch in day_rows(job.store, job.site.id, job.site.zone, day):
                tell()
                marks.update(marker.of_rows(batch))
                yield batch

        parts = parts_write(seen(), folder, job.format, most=job.most)  # type: ignore[arg-type]
        size = _put(job, row, day, parts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    row.rows, row.size = sum(part.rows for part in parts), size
    row.stamp, row.marks, row.made_at = stamp, packed(marks), timezone.now()
    row.save()
    duties.day_duties_do(row, target=job.target)
    return row, True


def _put(job: Job, row: ExportDay, day: date, parts: Sequence[Part]) -> int:
    """Put the parts under their names and take away what an earlier run left beyond them."""
    names = [_name(job, day, number) for number in range(1, len(parts) + 1)]
    before = [name for name in row.files if name not in names]
    row.files = [*names, *before]
    row.save(update_fields=["files"])
    size = 0
    for part, name in zip(parts, names, strict=True):
        job.target.put(name, part.path)
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
