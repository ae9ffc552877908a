"""Rows that were refused, each with its reason: written down as JSON lines, handed out as CSV."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from zoco.kit.cells import csv_line, disarmed
from zoco.kit.said import Said
from zoco.people.importing.files.reading import LONG, Row
from zoco.sites.wording import packed_said, said_again

_encode = msgspec.json.Encoder().encode


def refusal_packed(row: Row, wrong: Said) -> bytes:
    """Return a refused row as a line, in words that are translated when they are read."""
    table, line, cells = row
    return _encode([table, line, *packed_said(wrong), cells]) + b"\n"


def refused_texts(path: Path, *, names: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """Yield refused rows as CSV: table by its name, line, reason, and the cells under their columns."""
    yield "\ufeff"
    yield csv_line([disarmed(each) for each in (_("File"), _("Line"), _("Reason"), *keys)])
    with path.open("rb") as file:
        for line in file:
            table, number, words, places, cells = json.loads(line)
            name = names[table] if table < len(names) else ""
            cells = cells[1:] if cells[:1] == [LONG] else cells
            reason = said_again(words, places)
            yield csv_line([disarmed(each) for each in (name, str(number), reason, *cells)])
