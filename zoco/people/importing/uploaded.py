"""What imports of any kind do with the file that is uploaded: take it, read it once, forget it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from zoco.kit.runs import Tell
from zoco.people.importing.files import packs
from zoco.people.importing.files.packs import Part
from zoco.people.importing.files.reading import Column
from zoco.sites import uploads
from zoco.sites.stepped import ImportWrong, Stepped, SteppedRun

Run = TypeVar("Run", bound=SteppedRun)
Reads = Callable[[list[Part], Path, Callable[[int], None]], tuple[list[Column], int]]
ROWS, REFUSED = "rows.jsonl", "refused.jsonl"


def _as_found(part: Part) -> Part:
    return part


def upload_check(*, kind: str, name: str, size: int, most: int, words: str) -> None:
    """Hold a file to at most so many bytes and to the room that there is. Raises ImportWrong.

    `words` say that it is too large or empty, with the places file, size and most, the last two in megabytes.
    """
    if not 0 < size <= most:
        raise ImportWrong(words % {"file": name, "size": size // 1_000_000, "most": most // 1_000_000})
    try:
        uploads.room_check(kind=kind, name=name, size=size)
    except uploads.NoRoom as error:
        raise ImportWrong(str(error)) from error


def upload_read(
    run: SteppedRun,
    folder: Path,
    scratch: Path,
    tell: Tell,
    *,
    reads: Reads,
    written: Callable[[Part], Part] = _as_found,
) -> None:
    """Read a file into rows, and note its columns, how its tables are written and how many rows there are.

    `reads` reads them, `written` says how a table is. The file stays: `upload_forget` lets it go once all
    that is told by it is noted too. Raises TableWrong.
    """
    parts = packs.parts_of(folder / "upload", run.name, scratch, uploads.room())
    partial = scratch / ROWS
    columns, run.total = reads(parts, partial, lambda count: tell(total=count))
    partial.replace(folder / ROWS)
    run.columns = [each.shown for each in columns]
    run.forms = [
        {"name": each.name, "encoding": each.form.encoding, "delimiter": each.form.delimiter}
        if each.form
        else {"name": each.name}
        for each in map(written, parts)
    ]


def upload_forget(folder: Path) -> None:
    """Let a file go once its rows are read."""
    (folder / "upload").unlink(missing_ok=True)


def rows_forget(run: SteppedRun, folder: Path, *names: str) -> None:
    """Forget rows, and what of them was shown as samples, once they are written."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    for column in run.columns:
        column["samples"] = []


def refusals_of(runs: Stepped[Run], run: Run) -> Path:
    """Return where the rows that were refused are kept, or would be."""
    return runs.path_of(run.pk) / REFUSED


def has_report(runs: Stepped[Run], run: Run) -> bool:
    """Say whether rows were refused, and which they were is kept."""
    path = refusals_of(runs, run)
    return path.is_file() and path.stat().st_size > 0
