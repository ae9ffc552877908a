"""What happens to kept files of imports when people are forgotten: no row that names them is left in them.

A row becomes a row of nobody and keeps its length, for interrupted imports know their place by bytes. Rows
are known by addresses, phones and handles; a number of another system may be anything in a file.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from django.utils.translation import gettext_noop

from zoco.kit import conf
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.steps import REFUSED, ROWS
from zoco.people.models import Identity

ERASED = gettext_noop("Erased")
DIGITS_LEAST = 7
_APART = re.compile(r"[\s,;|<>\"'()]+")
_DIGITS = re.compile(r"\D+")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list).decode
Names = Callable[[str], bool]


def rows_forget(identities: Iterable[Identity]) -> int:
    """Empty the rows that name these, in files that are kept; returns how many."""
    names = _naming(identities)
    if names is None:
        return 0
    for run in PeopleImport.objects.exclude(columns=[]).order_by("pk"):
        if any(map(names, (each for column in run.columns for each in column.get("samples", [])))):
            for column in run.columns:
                column["samples"] = []
            PeopleImport.objects.filter(pk=run.pk).update(columns=run.columns)
    folders = sorted((conf.DATA() / "people-imports").glob("*"))
    return sum(_emptied(folder / name, names) for folder in folders for name in (ROWS, REFUSED))


def rows_naming(identities: Iterable[Identity]) -> Iterator[Sequence[object]]:
    """Return the rows that name these, in files that are kept."""
    names = _naming(identities)
    if names is None:
        return
    for folder in sorted((conf.DATA() / "people-imports").glob("*")):
        for path in (each for name in (ROWS, REFUSED) if (each := folder / name).is_file()):
            with path.open("rb") as file:
                whole = (_decode(line) for line in file if line.endswith(b"\n"))
                yield from (row for row in whole if _is_of(row, names))


def _naming(identities: Iterable[Identity]) -> Names | None:
    """Return what says whether a cell names one of these; None where nothing can."""
    words: set[str] = set()
    phones: set[str] = set()
    for each in identities:
        if each.kind == Identity.Kind.PHONE:
            phones.add(_DIGITS.sub("", each.key))
        elif each.kind != Identity.Kind.EXTERNAL:
            words |= {each.key.casefold(), each.value.casefold()}
    if not words and not phones:
        return None

    def names(cell: str) -> bool:
        if any(word.lstrip("@") in words for word in _APART.split(cell.casefold())):
            return True
        digits = _DIGITS.sub("", cell).lstrip("0")
        return len(digits) >= DIGITS_LEAST and any(number.endswith(digits) for number in phones)

    return names


def _emptied(path: Path, names: Names) -> int:
    if not path.is_file():
        return 0
    count = 0
    with path.open("r+b") as file:
        place = 0
        for line in iter(file.readline, b""):
            if line.endswith(b"\n") and _is_of(_decode(line), names):
                file.seek(place)
                file.write(_blank(_decode(line)).ljust(len(line) - 1) + b"\n")
                count += 1
            place += len(line)
            file.seek(place)
        file.flush()
        os.fsync(file.fileno())
    return count


def _is_of(row: Sequence[object], names: Names) -> bool:
    cells = row[-1]
    return isinstance(cells, list) and any(names(cell) for cell in cells if isinstance(cell, str))


def _blank(row: list[object]) -> bytes:
    table, line, *refused, cells = row
    if refused:
        return _encode([table, line, ERASED, {}, []])
    return _encode([table, line, [""] * len(cells)])  # type: ignore[arg-type]
