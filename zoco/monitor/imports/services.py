"""Imports: upload, read, put into the store, undo. Each step may be done twice and changes nothing then."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.pieces import PieceWrong, piece_write
from zoco.kit.runs import Tell, run_keep
from zoco.ledger import sitebook
from zoco.ledger.store.imported import nothing
from zoco.ledger.store.imported_sql import held_sql
from zoco.ledger.store.opening import store
from zoco.monitor.imports.base import ExportUnreadable, Wanted, importer_named
from zoco.monitor.imports.exports import Export
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.imports.sums import Sums, digest_of
from zoco.sites import reads, uploads
from zoco.sites.runs import Ending, Runs

UPLOAD_BYTES = conf.declare(
    "UPLOAD_BYTES", 4 << 30, int, "The largest export of another program that may be uploaded, in bytes."
)
KEPT = timedelta(days=7)
# At most so many files of at least so many bytes wait at once: each fills the disk, and a worker for a while.
LARGE_BYTES, LARGE_MOST = 256 << 20, 3
State = ImportRun.State


def _enqueue(task: str, key: int) -> None:
    from zoco.monitor import tasks

    getattr(tasks, task).enqueue(run=key)


def _ending(error: Exception) -> Ending | None:
    return Ending(State.FAILED, str(error)) if isinstance(error, ExportUnreadable) else None


READS, PUTS = (
    Runs(model=ImportRun, held_in="imports", enqueue=partial(_enqueue, task), working=working, ends=_ending)
    for task, working in (("import_read", State.READING), ("import_put", State.IMPORTING))
)


class ImportWrong(ValueError):
    """This cannot be done with the import as it is; the message says why."""


def folder_of(run: ImportRun) -> Path:
    """Return where the files of an import lie: upload, sums.parquet, refused.csv."""
    return conf.DATA() / "uploads" / str(run.pk)


def run_begin(*, site: int, kind: str, name: str, size: int, website: str, by: int | None) -> ImportRun:
    """Note an import whose file is to come. Raises PlugUnknown, ImportWrong."""
    importer_named(kind)
    most = UPLOAD_BYTES()
    if not 0 < size <= most:
        raise ImportWrong(f"{name} has {size} bytes; an export has between 1 and {most}.")
    if size >= LARGE_BYTES and large_waiting() >= LARGE_MOST:
        raise ImportWrong(
            _("%(count)s large files wait to be read or imported; finish or discard one of them first.")
            % {"count": LARGE_MOST}
        )
    try:
        uploads.room_check(kind="imports", name=name, size=size)
    except uploads.NoRoom as error:
        raise ImportWrong(str(error)) from error
    short = Path(name.replace("\\", "/")).name[-200:] or kind
    run = ImportRun.objects.create(
        site_id=site, kind=kind, name=short, size=size, website=website[:100].strip(), created_by_id=by
    )
    folder_of(run).mkdir(parents=True, mode=0o700, exist_ok=True)
    return run


def uploads_to_come() -> list[int]:
    """Return how many bytes are still to come of each upload that is begun."""
    begun = ImportRun.objects.filter(state=State.UPLOADING, told_at__gt=timezone.now() - KEPT)
    return [size - received for size, received in begun.values_list("size", "received")]


def large_waiting() -> int:
    """Return how many large files lie here whose import is not over."""
    waits = (State.UPLOADING, State.READING, State.READY, State.IMPORTING, State.STOPPED, State.FAILED)
    with sitebook.everything():
        recent = ImportRun.objects.filter(told_at__gt=timezone.now() - KEPT)
        return recent.filter(size__gte=LARGE_BYTES, state__in=waits).count()


def part_take(*, run: ImportRun, offset: int, piece: bytes) -> int:
    """Write a piece of the file where it belongs; returns how many bytes are there.

    A piece that is there already changes nothing. Raises ImportWrong for one that leaves a gap.
    """
    if run.state != State.UPLOADING:
        raise ImportWrong("The file is there already.")
    path = folder_of(run) / "upload"
    try:
        received = piece_write(path, offset=offset, piece=piece, size=run.size)
    except PieceWrong as error:
        raise ImportWrong(str(error)) from error
    ImportRun.objects.filter(pk=run.pk).update(received=received, told_at=timezone.now())
    return received


def file_take(*, run: ImportRun, pieces: Callable[[], bytes]) -> None:
    """Write a whole file; `pieces` gives b"" at its end."""
    offset = 0
    while piece := pieces():
        offset = part_take(run=run, offset=offset, piece=piece)


def read_begin(*, run: ImportRun) -> None:
    """Have the file read in the background, also again after a stop or a failure."""
    path = folder_of(run) / "upload"
    if not path.exists() or path.stat().st_size != run.size:
        raise ImportWrong("The file is not there in full; upload the rest of it, or begin anew.")
    begins = [State.UPLOADING, State.STOPPED, State.FAILED, State.READY]
    READS.again_from(ImportRun.objects.filter(state__in=begins), run, done=0, website=run.website)


def read_through(*, key: int) -> ImportRun:
    """Read the file into sums; what went wrong stands in the import."""
    return _there(READS.through(key, _read))


def _there(run: ImportRun | None) -> ImportRun:
    if run is None:
        raise ImportRun.DoesNotExist
    return run


def _read(run: ImportRun, _scratch: Path, tell: Tell) -> str:
    folder = folder_of(run)
    sums = Sums(folder / "refused.csv")
    try:
        export = Export(folder / "upload", run.name, lambda done, total: tell(done=done, total=total))
        importer_named(run.kind).read(export, sums, Wanted(run.site.zone, run.website))
        _keep(run, sums, folder)
    finally:
        sums.close()
        run.refused = dict(sums.refused)
    return State.READY


def _keep(run: ImportRun, sums: Sums, folder: Path) -> None:
    table, days = sums.table(), sums.days
    if not days:
        raise ExportUnreadable(f"{run.name} holds no figures of whole days; nothing can be imported.")
    pq.write_table(table, folder / "sums.parquet.partial")
    (folder / "sums.parquet.partial").replace(folder / "sums.parquet")
    run.digest = digest_of(table)
    run.first_on, run.last_on, run.days = days[0], days[-1], len(days)
    run.totals, run.notes = sums.totals(), sums.notes


def days_held(run: ImportRun) -> set[date]:
    """Return the days of the site that other imports hold."""
    rows = store().query(held_sql(run.site_id)).to_pylist()
    return {row["day"] for row in rows if row["origin_key"] != run.key}


def put_begin(*, run: ImportRun) -> None:
    """Have what was read put into the store in the background."""
    PUTS.again_from(ImportRun.objects.filter(state=State.READY), run)


def put_through(*, key: int) -> ImportRun:
    """Put the sums into the store, those of days that no other import of the site holds."""
    run = _there(PUTS.through(key, _put))
    if run.state == State.DONE and not ImportRun.objects.filter(pk=key).exists():
        # It was deleted meanwhile: nobody could take its sums out any more.
        store().put_imported(run.site_id, run.key, nothing())
    return run


def _put(run: ImportRun, _scratch: Path, _tell: Tell) -> str:
    same = ImportRun.objects.filter(site=run.site_id, digest=run.digest, state=State.DONE)
    if not same.exclude(pk=run.pk).exists():
        table = pq.read_table(folder_of(run) / "sums.parquet")
        held = pa.array(sorted(days_held(run)), pa.date32())
        kept = table.filter(pc.invert(pc.is_in(table["day"], value_set=held)))
        store().put_imported(run.site_id, run.key, kept)
        whole = kept.filter(pc.equal(kept["dimension"], ""))
        run.days_in = pc.count_distinct(whole["day"]).as_py()
    (folder_of(run) / "upload").unlink(missing_ok=True)
    return State.DONE if run.days_in else State.REPEATED


def run_prefer(*, run: ImportRun, is_preferred: bool) -> None:
    """Let the days of an import count instead of the site's own, or those again. No fact is touched."""
    if run.state != State.DONE:
        raise ImportWrong(_("Only an import that is in can count instead of days of your own."))
    run.is_preferred = is_preferred
    run.spans = [[str(day) for day in span] for span in _spans(days_of(run))] if is_preferred else []
    ImportRun.objects.filter(pk=run.pk).update(is_preferred=run.is_preferred, spans=run.spans)
    reads.forget()


def days_of(run: ImportRun) -> list[date]:
    """Return the days of which an import holds whole figures."""
    rows = store().query(held_sql(run.site_id)).to_pylist()
    return sorted({row["day"] for row in rows if row["origin_key"] == run.key})


def _spans(days: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def run_undo(*, run: ImportRun) -> None:
    """Take the sums of an import out of the store, and its files away."""
    if run.is_open:
        raise ImportWrong("It is being worked on; stop it first.")
    if run.state == State.DONE:
        store().put_imported(run.site_id, run.key, nothing())
    run.state, run.is_preferred, run.spans = State.UNDONE, False, []
    run_keep(run, "state", "is_preferred", "spans")
    reads.forget()
    shutil.rmtree(folder_of(run), ignore_errors=True)


def tidy() -> None:
    """Take away files of imports that nobody went on with for a week, and of sites that are gone."""
    READS.look()
    PUTS.look()
    root = conf.DATA() / "uploads"
    recent = ImportRun.objects.filter(told_at__gt=timezone.now() - KEPT)
    kept = {str(pk) for pk in recent.values_list("pk", flat=True)}
    for folder in root.glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    ImportRun.objects.filter(state=State.UPLOADING, told_at__lt=timezone.now() - KEPT).delete()
