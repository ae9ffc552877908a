"""Rows of tables in dumps: of pg_dump (COPY and INSERT) and mysqldump (INSERT), read as a stream."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zoco.monitor.imports.exports import DUMP_LINE_MOST, Part

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


def dump_rows(part: Part, tables: Collection[str]) -> Iterator[DumpRow]:
    """Return the rows of these tables in the order of the dump; NULL is "" ."""
    heads: dict[str, list[str]] = {}
    lines = enumerate(part.lines(most=DUMP_LINE_MOST), 1)
    for number, line in lines:
        if (copied := _COPY.match(line)) is not None:
            table, columns = copied[1], _names(copied[2])
            for number_of, row in lines:
                if row.rstrip("\r\n") == "\\.":
                    break
                if table in tables:
                    yield _copied(table, number_of, columns, row)
        elif (created := _CREATE.match(line)) is not None:
            heads[created[1]] = _declared(line for _number, line in lines)
        elif (inserted := _INSERT.match(line)) is not None and inserted[1] in tables:
            columns = _names(inserted[2]) if inserted[2] else heads.get(inserted[1], [])
            yield from _inserted(inserted[1], number, columns, line, inserted.end())


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


def _inserted(table: str, number: int, columns: list[str], line: str, at: int) -> Iterator[DumpRow]:
    while (opened := line.find("(", at)) >= 0:
        values: list[str] = []
        at = opened + 1
        while (found := _VALUE.match(line, at)) is not None:
            text, bare, after = found.groups()
            values.append(_literal(text) if text is not None else "" if bare.upper() == "NULL" else bare)
            at = found.end()
            if after == ")":
                break
        is_whole = found is not None and len(values) == len(columns)
        cells = dict(zip(columns, values, strict=True)) if is_whole else {}
        yield DumpRow(table, number, cells, "" if is_whole else line[opened : opened + 500])
        if found is None:
            return


def _literal(text: str) -> str:
    plain = text.replace("''", "'") if "''" in text else text
    return _unescaped(plain) if "\\" in plain else plain


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)
