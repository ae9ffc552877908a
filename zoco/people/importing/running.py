"""Imports of people in the background: uploaded, read, tried out, written. Each step can be stopped.

One process is at an import at a time; one that dies leaves it as its last transaction was.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from zoco.kit import conf, noting
from zoco.kit.runs import Tell
from zoco.people.importing import permission
from zoco.people.importing.files.numbers import sign_guessed
from zoco.people.importing.files.reading import read_into
from zoco.people.importing.made import Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.programs import mapping_guessed, program_of
from zoco.people.importing.steps import go_through, past_through
from zoco.people.importing.uploaded import ROWS, rows_forget, upload_check, upload_forget, upload_read
from zoco.sites.stepped import Stepped

IMPORT_BYTES = conf.declare(
    "PEOPLE_IMPORT_BYTES", 1 << 30, int, "The largest file of people that may be uploaded, in bytes."
)
State, Step = PeopleImport.State, PeopleImport.Step


def _enqueue(key: int) -> None:
    from zoco.people.importing.tasks import import_work

    import_work.enqueue(run=key)


RUNS = Stepped(
    model=PeopleImport,
    held_in="people-imports",
    enqueue=_enqueue,
    begins={
        Step.READ: [State.UPLOADING],
        Step.PLAN: [State.READ, State.PLANNED],
        Step.WRITE: [State.PLANNED],
    },
)


def import_begin(*, name: str, size: int, by: User | None, at: datetime) -> PeopleImport:
    """Note an import whose file is to come. Raises ImportWrong."""
    words = _("%(file)s has %(size)s MB; a file of people has between 1 byte and %(most)s MB.")
    upload_check(kind="people", name=name, size=size, most=IMPORT_BYTES(), words=words)
    return RUNS.made(name=name, fallback="people.csv", size=size, created_by=by, created_at=at, told_at=at)


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
    return RUNS.step_begin(run, step, **fields)


def through(*, key: int) -> PeopleImport | None:
    """Do the step that was asked for; one that was cut off goes on. What went wrong stands in the import."""
    return RUNS.step_through(key, _work)


def _work(run: PeopleImport, scratch: Path, tell: Tell) -> str:
    match run.step:
        case Step.READ:
            _read(run, scratch, tell)
            return State.READ
        case Step.PLAN:
            go_through(run, RUNS.folder_of(run), tell, is_dry=True)
            return State.PLANNED
    go_through(run, RUNS.folder_of(run), tell, is_dry=False)
    past_through(run, RUNS.folder_of(run), tell)
    run.state = State.DONE
    _over(run)
    return State.DONE


def _read(run: PeopleImport, scratch: Path, tell: Tell) -> None:
    folder = RUNS.folder_of(run)
    upload_read(run, folder, scratch, tell, reads=read_into)
    program = program_of([each["key"] for each in run.columns])
    run.kind = program.key
    run.mapping = mapping_guessed(program, run.columns, permission.topics())
    delimiters = {each.get("delimiter", "") for each in run.forms}
    decimal = "." if program.key == "zoco" else sign_guessed(run.columns, delimiters)
    run.options = asdict(Options(space=program.key or "import", decimal=decimal))
    upload_forget(folder)


def _over(run: PeopleImport) -> None:
    """Forget the rows once they are people, and let the log of changes say that there are more."""
    rows_forget(run, RUNS.folder_of(run), ROWS)
    people = sum(run.counts.get(each, 0) for each in ("added", "changed"))
    noting.note(
        action="imported",
        kind=PeopleImport._meta.label_lower,
        name=run.name,
        details={"people": [None, people]},
        by=run.created_by,
    )
