"""Rows of tables in dumps: of pg_dump (COPY and INSERT) and mysqldump (INSERT), read as a stream."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zoco.monitor.imports.exports import Part

# So much is read at once, and so long may one row be.
PIECE, ROW_MOST = 1 << 16, 1 << 20

_COPY = re.compile(r'COPY (?:"?\w+"?\.)?"?(\w+)"? \(([^)]*)\) FROM stdin;', re.IGNORECASE)
_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?[`\"]?(\w+)[`\"]? \(", re.IGNORECASE)
_COLUMN = re.compile(r"\s*[`\"](\w+)[`\"] ")
_INSERT = re.compile(
    r'INSERT INTO (?:"?\w+"?\.)?[`"]?(\w+)[`"]?\s*(?:\(([^)]*)\))?\s*VALUES\s*', re.IGNORECASE
)
_VALUE = re.compile(r"\s*(?:_binary\s+)?(?:'((?:[^'\\]|\\.|'')*)'|([^,()'\s]+))\s*([,)])", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "Z": ""}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DumpRow:
    """A row of a table; `cells` is empty for one that could not be read."""

    table: str
    number: int
    cells: dict[str, str]
    text: str


class _Lines:
    """Lines in pieces: mysqldump writes a table as a few lines of many megabytes."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._is_open = False
        self.number = 0

    def begin(self) -> str:
        """Return the first piece of the next line, "" at the end; the rest of this one is passed over."""
        while self._is_open:
            self.more()
        self.number += 1
        return self._next()

    def more(self) -> str:
        """Return the next piece of this line, "" at its end."""
        return self._next() if self._is_open else ""

    def whole(self) -> str:
        """Return the next line, cut where it is longer than a row may be."""
        text = piece = self.begin()
        while piece and len(text) < ROW_MOST:
            text += (piece := self.more())
        return text

    def _next(self) -> str:
        piece = next(self._pieces, "")
        self._is_open = bool(piece) and not piece.endswith("\n")
        return piece


def dump_rows(part: Part, tables: Collection[str]) -> Iterator[DumpRow]:
    """Return the rows of these tables in the order of the dump; NULL is "" . One row is held at a time."""
    heads: dict[str, list[str]] = {}
    lines = _Lines(part.pieces(PIECE))
    while line := lines.begin():
        if (copied := _COPY.match(line)) is not None:
            table, columns = copied[1], _names(copied[2])
            while (row := lines.whole()) and row.rstrip("\r\n") != "\\.":
                if table in tables:
                    yield _copied(table, lines.number, columns, row)
        elif (created := _CREATE.match(line)) is not None:
            heads[created[1]] = _declared(iter(lines.whole, ""))
        elif (inserted := _INSERT.match(line)) is not None and inserted[1] in tables:
            columns = _names(inserted[2]) if inserted[2] else heads.get(inserted[1], [])
            yield from _inserted(inserted[1], columns, lines, line[inserted.end() :])


def _names(text: str) -> list[str]:
    return [name.strip().strip('`"') for name in text.split(",")]


def _declared(lines: Iterator[str]) -> list[str]:
    found = []
    for line in lines:
        column = _COLUMN.match(line)
        if column is not None:
            found.append(column[1])
        if line.startswith(")"):
            break
    return found


def _copied(table: str, number: int, columns: list[str], row: str) -> DumpRow:
    text = row.rstrip("\r\n")
    cells = text.split("\t")
    if len(cells) != len(columns):
        return DumpRow(table, number, {}, text)
    values = ["" if cell == "\\N" else _unescaped(cell) if "\\" in cell else cell for cell in cells]
    return DumpRow(table, number, dict(zip(columns, values, strict=True)), text)


def _inserted(table: str, columns: list[str], lines: _Lines, text: str) -> Iterator[DumpRow]:
    """Return the rows of an INSERT whose line may go on in further pieces."""
    at = 0
    while True:
        opened = text.find("(", at)
        if opened < 0:
            text, at = lines.more(), 0
            if not text:
                return
            continue
        found = _values(text, opened + 1)
        if found is None:
            piece = lines.more() if len(text) - opened < ROW_MOST else ""
            if not piece:
                yield DumpRow(table, lines.number, {}, text[opened : opened + 500])
                return
            text, at = text[opened:] + piece, 0
            continue
        values, at = found
        is_whole = len(values) == len(columns)
        cells = dict(zip(columns, values, strict=True)) if is_whole else {}
        yield DumpRow(table, lines.number, cells, "" if is_whole else text[opened : opened + 500])


def _values(text: str, at: int) -> tuple[list[str], int] | None:
    """Return the values from a place on to the end of their row, and that end; None where there is none."""
    values: list[str] = []
    while (found := _VALUE.match(text, at)) is not None:
        quoted, bare, after = found.groups()
        values.append(_literal(quoted) if quoted is not None else "" if bare.upper() == "NULL" else bare)
        at = found.end()
        if after == ")":
            return values, at
    return None


def _literal(text: str) -> str:
    plain = text.replace("''", "'") if "''" in text else text
    return _unescaped(plain) if "\\" in plain else plain


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)
