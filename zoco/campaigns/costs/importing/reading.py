"""A file of costs is read once into rows that lie beside it, under one head.

Programs put lines before the head, and choose letters and signs by their reader's country: of all rows at the
beginning the one with most known headings is the head, and the columns are parted by what gives most of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import msgspec
from django.utils.translation import gettext_noop

from zoco.campaigns.costs.importing.formats import load_formats
from zoco.campaigns.costs.importing.formats.base import heading_plain, headings_all
from zoco.people.importing.files.packs import Part
from zoco.people.importing.files.reading import LONG, Column, Head
from zoco.people.importing.files.tables import DELIMITERS, Form, TableWrong, rows_read

HEAD_WITHIN = 40
"""In so many rows from the beginning the head is looked for."""
SAMPLE_BYTES = 400
SIGNS = "€$£¥₽¢%'’"
_encode = msgspec.json.Encoder().encode
Rows = Iterator[tuple[int, list[str]]]


def read_into(parts: Sequence[Part], target: Path, tell: Callable[[int], None]) -> tuple[list[Column], int]:
    """Write the rows of tables into a file, and return their columns and how many there are.

    `tell` hears how many there are so far. Raises TableWrong.
    """
    load_formats()
    head, count = Head(), 0
    known = set(headings_all())
    with target.open("wb") as file:
        for number, part in enumerate(parts):
            for line, cells in _part_rows(part, head, known):
                file.write(_encode((number, line, cells)) + b"\n")
                count += 1
                if count % 1_000 == 0:
                    tell(count)
    if not head.columns:
        raise TableWrong(gettext_noop("The file is empty."))
    if not count:
        raise TableWrong(gettext_noop("There is no row below the head of the table."))
    return head.columns, count


def written(part: Part) -> Part:
    """Return the part with how it is written: whatever gives most known headings, else what was detected."""
    form = part.form
    if form is None:
        return part
    with part.path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    encodings = [form.encoding]
    if not form.encoding.startswith("utf"):  # short texts in one-byte letters are taken for each other
        encodings += [each for each in ("cp1252", "cp1251", "gb18030") if each != form.encoding]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if form.encoding != "utf-16" and len(zeros) > 2 and zeros.count(0) > 0.6 * len(zeros):
            encodings = [encoding]
    known = set(headings_all())
    delimiters = sorted(DELIMITERS, key=lambda each: each != form.delimiter)
    forms = [Form(encoding, delimiter) for encoding in encodings for delimiter in delimiters]
    return replace(part, form=max(forms, key=lambda each: _worth(part.path, each, known)))


def _worth(path: Path, form: Form, known: set[str]) -> int:
    try:
        rows = [cells for _line, cells in islice(rows_read(path, form), HEAD_WITHIN)]
    except TableWrong:
        return -1
    return max((_headings(cells, known) for cells in rows), default=0)


def _headings(cells: Sequence[str], known: set[str]) -> int:
    return len({plain for each in cells if (plain := heading_plain(each)) in known})


def _part_rows(part: Part, head: Head, known: set[str]) -> Rows:
    rows = written(part).rows()
    first = list(islice(rows, HEAD_WITHIN))
    at = max(range(len(first)), key=lambda each: (_headings(first[each][1], known), -each), default=0)
    if not first:
        return
    if _headings(first[at][1], known) < 2:
        at = next((each for each, (_line, cells) in enumerate(first) if len(cells) > 2), 0)
    titles = first[at][1]
    while titles and not titles[-1].strip():
        titles = titles[:-1]
    places = [head.place(key) for key in head.of_table(titles)]
    for line, cells in chain(first[at + 1 :], rows):
        if any(cell.strip() for cell in cells[len(places) :]):
            yield line, [LONG, *cells]
            continue
        made = [""] * len(head.columns)
        for place, cell in zip(places, cells, strict=False):
            value = cell.strip().removeprefix("\ufeff")
            if value:
                made[place] = value
                head.columns[place].look(value.strip(SIGNS + " \u00a0") or value)
        if any(made):
            yield line, made
