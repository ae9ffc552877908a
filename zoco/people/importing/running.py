"""Imports of people in the background: uploaded, read, tried out, written. Each step can be stopped.

One process is at an import at a time; one that dies leaves it as its last transaction was.
"""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit import conf, holding, noting
from zoco.kit.masks import masked
from zoco.kit.pieces import PieceWrong, piece_write
from zoco.kit.runs import RunStopped, Tell, beating, collecting_rarely, dead_fail, teller
from zoco.people.importing import permission
from zoco.people.importing.files import packs
from zoco.people.importing.files.numbers import sign_guessed
from zoco.people.importing.files.reading import read_into
from zoco.people.importing.files.tables import TableWrong
from zoco.people.importing.made import Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.programs import mapping_guessed, program_of
from zoco.people.importing.steps import REFUSED, ROWS, go_through, past_through
from zoco.people.wording import packed_said
from zoco.sites import uploads

IMPORT_BYTES = conf.declare(
    "PEOPLE_IMPORT_BYTES", 1 << 30, int, "The largest file of people that may be uploaded, in bytes."
)
KEPT = timedelta(days=30)
"""So long the report of refused rows is kept, and a file that nobody went on with."""
HELD = "people-imports"
State, Step = PeopleImport.State, PeopleImport.Step
BEGINS = {
    Step.READ: [State.UPLOADING],
    Step.PLAN: [State.READ, State.PLANNED],
    Step.WRITE: [State.PLANNED],
}
"""From where a step begins; one that was stopped or failed goes on besides."""


class ImportWrong(ValueError):
    """This cannot be done with the import as it is; the message says why."""


def folder_of(run: PeopleImport) -> Path:
    """Return where the files of an import lie, made if it is not there."""
    folder = conf.DATA() / "people-imports" / str(run.pk)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return folder


def import_begin(*, name: str, size: int, by: User | None, at: datetime) -> PeopleImport:
    """Note an import whose file is to come. Raises ImportWrong."""
    most = IMPORT_BYTES()
    if not 0 < size <= most:
        words = _("%(file)s has %(size)s MB; a file of people has between 1 byte and %(most)s MB.")
        raise ImportWrong(words % {"file": name, "size": size // 1_000_000, "most": most // 1_000_000})
    try:
        uploads.room_check(kind="people", name=name, size=size)
    except uploads.NoRoom as error:
        raise ImportWrong(str(error)) from error
    short = Path(name.replace("\\", "/").replace("\0", "")).name[-200:] or "people.csv"
    run = PeopleImport.objects.create(name=short, size=size, created_by=by, created_at=at, told_at=at)
    shutil.rmtree(folder_of(run))  # of one under the same number, before a backup was restored
    return run


def uploads_to_come() -> list[int]:
    """Return how many bytes are still to come of each upload that is begun."""
    begun = PeopleImport.objects.filter(state=State.UPLOADING, told_at__gt=timezone.now() - KEPT)
    return [size - received for size, received in begun.values_list("size", "received")]


def part_take(*, run: PeopleImport, offset: int, piece: bytes) -> int:
    """Write a piece of the file; returns how many bytes are there. Raises ImportWrong."""
    if run.state != State.UPLOADING:
        raise ImportWrong(_("The file is there already."))
    try:
        received = piece_write(folder_of(run) / "upload", offset=offset, piece=piece, size=run.size)
    except PieceWrong as wrong:
        words = _("This piece does not fit; %(there)s bytes are there.")
        raise ImportWrong(words % {"there": wrong.there}) from wrong
    PeopleImport.objects.filter(pk=run.pk).update(received=received, told_at=timezone.now())
    return received


def plan_begin(*, run: PeopleImport, mapping: Mapping[str, str], options: Options) -> bool:
    """Have it tried out what would come of the rows; returns whether it begins."""
    given = {"mapping": dict(mapping), "options": asdict(options)}
    return step_begin(run=run, step=Step.PLAN, plan={}, counts={}, place=0, refused_bytes=0, **given)


def write_begin(*, run: PeopleImport) -> bool:
    """Have the rows written; returns whether it begins."""
    return step_begin(run=run, step=Step.WRITE, counts={}, place=0, refused_bytes=0)


def go_on(*, run: PeopleImport) -> bool:
    """Go on with what was stopped or failed, where it ended; only what was tried out begins anew."""
    if run.state not in (State.STOPPED, State.FAILED):
        return False
    if run.step == Step.PLAN:
        return plan_begin(run=run, mapping=run.mapping, options=Options(**run.options))
    return step_begin(run=run, step=run.step, done=run.done)


def step_begin(*, run: PeopleImport, step: str, **fields: object) -> bool:
    """Have a step done in the background; returns whether it begins."""
    from zoco.people.importing.tasks import import_work

    with transaction.atomic():
        again = Q(step=step, state__in=[State.STOPPED, State.FAILED])
        found = PeopleImport.objects.filter(again | Q(state__in=BEGINS[Step(step)]), pk=run.pk)
        fresh = {
            "state": State.WORKING,
            "step": step,
            "is_to_stop": False,
            "said": "",
            "said_places": {},
            "done": 0,
        }
        begun = found.update(**{**fresh, **fields, "told_at": timezone.now()})
        if begun:
            import_work.enqueue(run=run.pk)
    return bool(begun)


def import_stop(*, run: PeopleImport) -> None:
    """Let it end behind the rows that it is at."""
    PeopleImport.objects.filter(pk=run.pk, state=State.WORKING).update(is_to_stop=True)


def import_discard(*, run: PeopleImport) -> None:
    """Forget an import that is not being worked on, with its file. Who was written stays."""
    if PeopleImport.objects.filter(pk=run.pk).exclude(state=State.WORKING).delete()[0]:
        shutil.rmtree(conf.DATA() / "people-imports" / str(run.pk), ignore_errors=True)


def through(*, key: int) -> PeopleImport | None:
    """Do the step that was asked for; one that was cut off goes on. What went wrong stands in the import."""
    with holding.held(HELD, f"import-{key}", seconds=holding.MOMENT) as scratch:
        run = PeopleImport.objects.filter(pk=key).first()
        if scratch is None or run is None or run.state != State.WORKING:
            return run
        with beating(PeopleImport.objects.filter(pk=key, state=State.WORKING)), collecting_rarely():
            return _held(run, scratch)


def _held(run: PeopleImport, scratch: Path) -> PeopleImport:
    tell = teller(run)
    try:
        match run.step:
            case Step.READ:
                _read(run, scratch, tell)
                run.state = State.READ
            case Step.PLAN:
                go_through(run, folder_of(run), tell, is_dry=True)
                run.state = State.PLANNED
            case Step.WRITE:
                go_through(run, folder_of(run), tell, is_dry=False)
                past_through(run, folder_of(run), tell)
                run.state = State.DONE
                _over(run)
    except RunStopped:
        run.state, run.is_to_stop = State.STOPPED, False
    except TableWrong as error:
        run.state = State.FAILED
        run.said, run.said_places = packed_said(error)
    except Exception as error:
        # PostgreSQL names the values that a constraint refused: no address of anybody stays in the import.
        run.state, run.said = State.FAILED, masked(f"{type(error).__name__}: {error}")[:500]
        raise
    finally:
        run.told_at = timezone.now()
        if PeopleImport.objects.filter(pk=run.pk).exists():
            run.save()
    return run


def _read(run: PeopleImport, scratch: Path, tell: Tell) -> None:
    folder = folder_of(run)
    parts = packs.parts_of(folder / "upload", run.name, scratch)
    partial = scratch / ROWS
    columns, run.total = read_into(parts, partial, lambda count: tell(total=count))
    partial.replace(folder / ROWS)
    program = program_of([each.key for each in columns])
    run.columns = [each.shown for each in columns]
    run.kind = program.key
    run.forms = [
        {"name": each.name, "encoding": each.form.encoding, "delimiter": each.form.delimiter}
        if each.form
        else {"name": each.name}
        for each in parts
    ]
    run.mapping = mapping_guessed(program, run.columns, permission.topics())
    delimiters = {each.get("delimiter", "") for each in run.forms}
    decimal = "." if program.key == "zoco" else sign_guessed(run.columns, delimiters)
    run.options = asdict(Options(space=program.key or "import", decimal=decimal))
    (folder / "upload").unlink(missing_ok=True)


def _over(run: PeopleImport) -> None:
    """Forget the rows once they are people, and let the log of changes say that there are more."""
    (folder_of(run) / ROWS).unlink(missing_ok=True)
    for column in run.columns:
        column["samples"] = []
    people = sum(run.counts.get(each, 0) for each in ("added", "changed"))
    noting.note(
        action="imported",
        kind=PeopleImport._meta.label_lower,
        name=run.name,
        details={"people": [None, people]},
        by=run.created_by,
    )


def has_report(run: PeopleImport) -> bool:
    """Say whether rows were refused, and which they were is kept."""
    path = conf.DATA() / "people-imports" / str(run.pk) / REFUSED
    return path.is_file() and path.stat().st_size > 0


def is_held(run: PeopleImport) -> bool:
    """Say whether a process of this machine is at an import."""
    return holding.is_held(HELD, f"import-{run.pk}")


def look() -> None:
    """Let imports that died with their process have failed, so that somebody can go on with them."""
    dead_fail(PeopleImport.objects.filter(state=State.WORKING), failed=State.FAILED, is_held=is_held)


def tidy() -> None:
    """Take away files that are old or nobody's.

    Folders are listed before it is asked whose they are: one that is made meanwhile is somebody's.
    """
    holding.left_clear(HELD)
    folders = list((conf.DATA() / "people-imports").glob("*"))
    recent = PeopleImport.objects.filter(told_at__gt=timezone.now() - KEPT).values_list("pk", flat=True)
    kept = {str(key) for key in recent}
    for folder in folders:
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    old = PeopleImport.objects.filter(told_at__lt=timezone.now() - KEPT).exclude(
        state__in=[State.DONE, State.WORKING]
    )
    old.delete()
