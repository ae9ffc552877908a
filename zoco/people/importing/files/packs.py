"""What was uploaded as its tables: one CSV, the sheets of a workbook, or the CSVs of a zip.

Nothing of a zip is trusted: it may be small and unpack to everything, name places outside, or be no zip.
Workbooks are read row by row; of a cell with a formula the value counts that was kept, and it is never run.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext_noop

from zoco.people.importing.files.documents import document_rows, is_document
from zoco.people.importing.files.folders import tables_told
from zoco.people.importing.files.tables import Form, TableWrong, form_of, rows_read
from zoco.people.importing.files.untabled import untabled_check

PARTS_MOST, PARTS_OF_BOOK_MOST = 5_000, 2_000
BYTES_MOST, SMALL_BYTES, RATIO_MOST = 4 << 30, 64 << 20, 100
STRINGS_MOST = 512 << 20
COLUMNS_MOST = 300
LINES_MOST = 1 << 20
"""Lines of a sheet that spreadsheet programs write; one that says it is another would be waited for."""
CHUNK = 1 << 20
ZIP, OLD_BOOK = b"PK\3\4", b"\xd0\xcf\x11\xe0"
_ENTITIES = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
TORN = (BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a file: its name, how it is written, and where it lies; `place` is its name in a zip.

    Without a form it is the sheet of a workbook, or JSON.
    """

    name: str
    path: Path
    form: Form | None
    sheet: str = ""
    place: str = ""

    def rows(self) -> Rows:
        """Yield its rows, each with its line. Raises TableWrong."""
        if self.form is None and not self.sheet:
            return document_rows(self.path)
        if self.form is None:
            return _sheet_rows(self.path, self.sheet)
        return rows_read(self.path, self.form)


def _no_book() -> str:
    return gettext_noop("This is no workbook that a spreadsheet program wrote; save it again.")


def parts_of(path: Path, name: str, scratch: Path, room: int) -> list[Part]:
    """Return the tables of a file; those of a zip are unpacked into `scratch`. Raises TableWrong.

    `room` are the bytes that may be written beside it: what is unpacked, and rows of all tables.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(OLD_BOOK):
        raise TableWrong(gettext_noop("This is a workbook of an old kind; save it as .xlsx or as CSV."))
    if not head.startswith(ZIP):
        if not head:
            raise TableWrong(gettext_noop("The file is empty."))
        _room_check(name, path.stat().st_size, room)
        return [Part(name, path, _form(path))]
    try:
        with ZipFile(path) as pack:
            infos = [each for each in pack.infolist() if not each.is_dir()]
            names = {each.filename for each in infos}
            if "[Content_Types].xml" in names and any(each.startswith("xl/") for each in names):
                _book_check(pack, infos, path)
                _room_check(name, sum(each.file_size for each in infos), room)
                return _sheets(path, name)
            tables = _tables(infos, path)
            _room_check(name, 2 * sum(each.file_size for each in tables), room)
            return _unpacked(pack, tables, scratch)
    except TORN as error:
        raise TableWrong(gettext_noop("The file cannot be unpacked; it is torn or encrypted.")) from error


def _size_check(infos: list[ZipInfo], path: Path, most: int) -> None:
    size, packed = sum(each.file_size for each in infos), path.stat().st_size
    if len(infos) > most or size > max(SMALL_BYTES, min(RATIO_MOST * packed, BYTES_MOST)):
        raise TableWrong(
            gettext_noop("It unpacks to %(size)s MB in %(count)s files; that is no table of people."),
            size=size >> 20,
            count=len(infos),
        )
    if any(each.flag_bits & 1 or each.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for each in infos):
        raise TableWrong(gettext_noop("The file cannot be unpacked; it is torn or encrypted."))


def _room_check(name: str, size: int, room: int) -> None:
    """Raise TableWrong where so many bytes, which are written beside the file, do not fit on the disk."""
    if size > room:
        raise TableWrong(
            gettext_noop(
                "There is no room to read %(file)s: that takes %(size)s MB, and %(room)s MB are free for "
                "uploads. Discard other imports, or ask whoever runs the server for a larger disk."
            ),
            file=name,
            size=-(-size // 1_000_000),
            room=room // 1_000_000,
        )


def _tables(infos: list[ZipInfo], path: Path) -> list[ZipInfo]:
    names = {each.filename: each for each in infos if _is_table(each.filename)}
    tables = [names[each] for each in tables_told(list(names))]
    if not tables:
        raise TableWrong(gettext_noop("There is no CSV and no JSON in this zip."))
    _size_check(tables, path, PARTS_MOST)
    return tables


def _unpacked(pack: ZipFile, tables: list[ZipInfo], scratch: Path) -> list[Part]:
    found = []
    for number, info in enumerate(tables):
        target, left = scratch / f"part-{number}.csv", info.file_size
        with pack.open(info) as packed, target.open("wb") as file:
            while piece := packed.read(min(CHUNK, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise BadZipFile(info.filename)
                file.write(piece)
        if info.file_size:
            short = PurePosixPath(info.filename).name[:200]
            found.append(Part(short, target, _form(target), place=info.filename))
    return found


def _form(path: Path) -> Form | None:
    """Return how a file is written, None of JSON. Raises TableWrong where it is no table at all."""
    untabled_check(path)
    with path.open("rb") as file:
        return None if is_document(file.read(64)) else form_of(path)


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    is_hidden = name.startswith("__MACOSX/") or path.name.startswith(".")
    return path.suffix.lower() in (".csv", ".txt", ".tsv", ".json", ".jsonl", ".ndjson") and not is_hidden


def _book_check(pack: ZipFile, infos: list[ZipInfo], path: Path) -> None:
    """Refuse what would fill the memory, and XML with entities of its own."""
    _size_check(infos, path, PARTS_OF_BOOK_MOST)
    for info in infos:
        if info.filename.endswith("sharedStrings.xml") and info.file_size > STRINGS_MOST:
            raise TableWrong(gettext_noop("This workbook is too large; save it as CSV."))
        if info.filename.endswith((".xml", ".rels")):
            with pack.open(info) as file:
                if _ENTITIES.search(file.read(1 << 12)):
                    raise TableWrong(_no_book())


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    import openpyxl  # type: ignore[import-untyped] # slow to import, and few need it

    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except TORN:
            raise
        except Exception as error:  # whatever a parser says of XML that no spreadsheet wrote
            raise TableWrong(_no_book()) from error
        try:
            yield book
        finally:
            book.close()


def _sheets(path: Path, name: str) -> list[Part]:
    with _book(path) as book:
        titles = [each.title for each in book.worksheets]
    alone = len(titles) == 1
    return [Part(name if alone else f"{name}: {title}"[:200], path, None, title) for title in titles]


def _sheet_rows(path: Path, title: str) -> Rows:
    line = 0
    with _book(path) as book:
        try:
            sheet = book[title]
            sheet.reset_dimensions()  # a sheet may claim to be as large as it likes
            for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if line > LINES_MOST:
                    raise TableWrong(_no_book())  # noqa: TRY301 - it is said as it stands
                if cells := _cells(row):
                    yield line, cells
        except TableWrong:
            raise
        except Exception as error:  # whatever a parser says of XML that no spreadsheet wrote
            words = gettext_noop("Line %(line)d of the sheet %(sheet)s cannot be read.")
            raise TableWrong(words, line=line + 1, sheet=title) from error


def _cells(row: Sequence[Any]) -> list[str]:
    beyond = any(str(value).strip() for value in filter(None, row[COLUMNS_MOST:]))
    cells = [_cell(value) for value in row[:COLUMNS_MOST]]
    while cells and not cells[-1].strip():
        cells.pop()
    if beyond:
        raise TableWrong(gettext_noop("A table has at most %(most)s columns."), most=COLUMNS_MOST)
    return cells


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1 << 53:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
    text = str(value).replace("\0", "")
    return "" if text in {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"} else text
