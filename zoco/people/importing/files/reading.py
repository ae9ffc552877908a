"""A file is read once into rows that lie beside it: all of its tables under one head, a JSON list a line.

From then on every step goes through these, and one that was cut off goes on where it was. A row is the
number of its table, its line there, and its cells; a short row is blank at its end. Cells of JSON, as in the
exports of listmonk, become columns of their own.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import gettext_noop

from zoco.people.attributes import FALSE, TRUE
from zoco.people.importing.files.folders import said_by
from zoco.people.importing.files.moments import moment_plain
from zoco.people.importing.files.numbers import sign_told
from zoco.people.importing.files.packs import COLUMNS_MOST, Part
from zoco.people.importing.files.tables import TableWrong

LOOKED_AT = 2_000
SAMPLES, SAMPLE_LONGEST = 3, 80
HEAD_LONGEST = 100
LONG = "\0"
"""Stands before the cells of a row that has more of them than the head."""
_ADDRESS = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*\Z")
_NUMBER = re.compile(r"-?\d{1,15}([.,]\d+)?\Z")
_CODE = re.compile(r"0\d+\Z")
_JSON = ("attributes", "attribs", "lists", "subscriptions")
Row = tuple[int, int, list[str]]
_decode = msgspec.json.Decoder(tuple[int, int, list[str]]).decode
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Column:
    """A column of all tables together; `fits` are the kinds that all values so far are of.

    `signs` is what its values tell of the sign before decimals, see `numbers`.
    """

    key: str
    fits: list[str] = field(default_factory=lambda: ["flag", "number", "day", "moment"])
    samples: list[str] = field(default_factory=list)
    seen: int = 0
    signs: set[str] = field(default_factory=set)

    def look(self, value: str) -> None:
        """Learn from a value."""
        self.seen += 1
        if self.seen <= LOOKED_AT:
            self.fits = [kind for kind in self.fits if _FITS[kind](value)]
        if value[-1].isdigit() and (sign := sign_told(value)):
            self.signs.add(sign)
        if len(self.samples) < SAMPLES and (short := value[:SAMPLE_LONGEST]) not in self.samples:
            self.samples.append(short)

    @property
    def shown(self) -> dict[str, Any]:
        """What is kept of it; a kind is guessed only of values that there are."""
        kind = self.fits[0] if self.fits and self.seen else "text"
        shown = {"key": self.key, "kind": kind, "samples": self.samples, "seen": self.seen}
        return shown | ({"signs": sorted(self.signs)} if self.signs else {})


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return len(text) >= 10 and bool(datetime.fromisoformat(moment_plain(text)))
    except ValueError:
        return False


_FITS: dict[str, Callable[[str], bool]] = {
    "flag": lambda text: text.casefold() in TRUE | FALSE,
    "number": lambda text: bool(_NUMBER.match(text) or sign_told(text)) and not _CODE.match(text),
    "day": _is_day,
    "moment": _is_moment,
}


class Head:
    """The columns of all tables, in the order in which they were met."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self._places: dict[str, int] = {}

    def place(self, key: str) -> int:
        """Return where a column stands, made if it is new. Raises TableWrong for too many."""
        found = self._places.get(key)
        if found is None:
            if len(self.columns) >= COLUMNS_MOST:
                raise TableWrong(gettext_noop("A table has at most %(most)s columns."), most=COLUMNS_MOST)
            found = self._places[key] = len(self.columns)
            self.columns.append(Column(key))
        return found

    def of_table(self, cells: list[str]) -> list[str]:
        """Return the keys of a table's columns: those named alike are told apart by a number."""
        met: dict[str, int] = {}
        keys = []
        for number, cell in enumerate(cells, 1):
            name = " ".join(cell.split())[:HEAD_LONGEST] or f"#{number}"
            met[name] = met.get(name, 0) + 1
            keys.append(name if met[name] == 1 else f"{name} ({met[name]})")
            self.place(keys[-1])
        return keys


def read_into(parts: list[Part], target: Path, tell: Callable[[int], None]) -> tuple[list[Column], int]:
    """Write the rows of tables into a file, and return their columns and how many there are.

    `tell` hears how many there are so far. Raises TableWrong.
    """
    head, count = Head(), 0
    with target.open("wb") as file:
        for number, part in enumerate(parts):
            for line, cells in _part_rows(part, head):
                file.write(_encode((number, line, cells)) + b"\n")
                count += 1
                if count % 1_000 == 0:
                    tell(count)
    if not count:
        raise TableWrong(gettext_noop("There is no row below the head of the table."))
    return head.columns, count


def _part_rows(part: Part, head: Head) -> Iterator[tuple[int, list[str]]]:
    rows = part.rows()
    first = next(rows, (0, []))
    if any(_ADDRESS.match(cell) for cell in first[1]):  # a list without a head
        rows = chain([first], rows)
        first = (0, [""] * len(first[1]))
    keys = head.of_table(first[1])
    places = [head.place(key) for key in keys]
    spread = {at for at, key in enumerate(keys) if key.casefold() in _JSON}
    said = said_by(part.place or part.name)
    for line, cells in rows:
        if any(cell.strip() for cell in cells[len(places) :]):
            yield line, [LONG, *cells]
            continue
        made: list[str] = [""] * len(head.columns)
        for at, cell in enumerate(cells[: len(places)]):
            if value := cell.strip():
                if at in spread and value[0] in "[{" and (several := _spread(keys[at], value)) is not None:
                    for key, each in several.items():
                        _put(made, head, head.place(key), each)
                else:
                    _put(made, head, places[at], value)
        for key, value in said.items():
            _put(made, head, head.place(key), value)
        yield line, made


def _put(made: list[str], head: Head, at: int, value: str) -> None:
    if not value:
        return
    if at >= len(made):
        made.extend([""] * (at + 1 - len(made)))
    made[at] = value
    head.columns[at].look(value)


def _spread(key: str, text: str) -> dict[str, str] | None:
    """Return the cells that one of JSON holds, by column; None where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        several = {f"{key}.{name}"[:HEAD_LONGEST]: _plain(value) for name, value in found.items()}
    else:
        several = _lists(key, found)
    return {_kept(name): _kept(value) for name, value in several.items()}


def _kept(text: str) -> str:
    """Return a text without what JSON may escape and no database keeps: NUL and halves of signs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _lists(key: str, found: Any) -> dict[str, str]:
    lists: dict[str, str] = {}
    for each in found if isinstance(found, list) else []:
        if isinstance(each, dict) and each.get("name"):
            state = each.get("subscription_status") or each.get("status") or "confirmed"
            lists[f"{key}.{each['name']}"[:HEAD_LONGEST]] = str(state)
        elif isinstance(each, str):
            lists[f"{key}.{each}"[:HEAD_LONGEST]] = "confirmed"
    return lists


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "|".join(map(_plain, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def rows_from(path: Path, place: int) -> Iterator[tuple[int, Row]]:
    """Yield the rows from a place in the file on, each with the place behind it."""
    with path.open("rb") as file:
        file.seek(place)
        for line in file:
            place += len(line)
            yield place, _decode(line)


def tags_of(text: str) -> list[str]:
    """Return the tags of a cell: parted by commas, semicolons or bars, those with quotes as they stand."""
    if '"' in text:
        return [each.strip() for each in next(csv.reader([text], skipinitialspace=True), []) if each.strip()]
    return [each.strip() for each in re.split(r"[,;|]", text) if each.strip()]
