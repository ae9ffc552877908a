"""A small table that somebody types, pastes or uploads, read at once; what is wrong is said line by line.

For what fits on a screen: files of people and costs, which may have millions of rows, are read in steps.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import category

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from zoco.kit.said import Said
from zoco.people.importing.files.numbers import Sign, sign_guessed, sign_told
from zoco.people.importing.files.tables import TableWrong, form_of, rows_read
from zoco.sites.wording import said_whole

BYTES_MOST = 2 << 20
ROWS_MOST, COLUMNS_MOST, NAME_MOST = 20_000, 60, 100
SAID_MOST = 20
"""So many lines are said to be wrong; of the others it is said how many there are."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A head and the rows below it, each with its line in the file; `sign` stands before decimals."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    sign: Sign


@dataclass(slots=True)
class Wrongs:
    """What is wrong with a table, by line."""

    lines: list[tuple[int, Said]] = field(default_factory=list)

    def add(self, line: int, words: str, **places: object) -> None:
        """Note what is wrong with a line; `words` are marked for translation."""
        self.lines.append((line, Said(words, **places)))

    def said(self) -> list[str]:
        """Say what is wrong in the reader's language, the first lines of it."""
        shown = [
            _("Line %(line)s: %(what)s") % {"line": line, "what": said_whole(wrong)}
            for line, wrong in self.lines[:SAID_MOST]
        ]
        if (more := len(self.lines) - SAID_MOST) > 0:
            words = ngettext("%(count)s more line is wrong.", "%(count)s more lines are wrong.", more)
            shown.append(words % {"count": more})
        return shown


def table_read(content: bytes) -> Typed:
    """Read a table of any delimiter and encoding. Raises TableWrong."""
    if len(content) > BYTES_MOST:
        raise TableWrong(gettext_noop("The table is larger than 2 MB; leave out what is not needed."))
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        form = form_of(Path(file.name))
        rows = []
        for line, cells in rows_read(Path(file.name), form):
            rows.append((line, [cell.strip().removeprefix("\ufeff") for cell in cells]))
            if len(rows) > ROWS_MOST + 1:
                raise TableWrong(gettext_noop("The table is longer than %(most)s lines."), most=ROWS_MOST)
    if len(rows) < 2:
        raise TableWrong(gettext_noop("Write a line with the names of the columns, and the rows below it."))
    head, below = rows[0][1], rows[1:]
    while head and not head[-1]:
        head.pop()
    _columns_check(head)
    return Typed(head, below, _sign(below, form.delimiter))


def _columns_check(head: list[str]) -> None:
    if not 2 <= len(head) <= COLUMNS_MOST:
        raise TableWrong(
            gettext_noop(
                "Names of columns in the first line: %(count)s; it has 2 to %(most)s, parted by commas, "
                "semicolons or tabs."
            ),
            count=len(head),
            most=COLUMNS_MOST,
        )
    named = [name[:NAME_MOST].casefold() for name in head[1:]]
    if not all(named):
        raise TableWrong(gettext_noop("The first line lacks the name of a column."))
    for number, name in enumerate(head, 1):
        if any(category(each) in ("Cc", "Cs") for each in name):
            raise TableWrong(
                gettext_noop(
                    "The name of column %(number)s holds control characters; write it anew without them."
                ),
                number=number,
            )
    if len(set(named)) < len(named):
        raise TableWrong(gettext_noop("Two columns have the same name; each needs one of its own."))


def _sign(rows: Iterable[tuple[int, list[str]]], delimiter: str) -> Sign:
    signs = {told for _line, cells in rows for cell in cells[1:] if (told := sign_told(cell.rstrip("% ")))}
    return sign_guessed([{"kind": "number", "signs": sorted(signs)}], {delimiter})


class TypedForm(forms.Form):
    """A table as a file, or typed; `cleaned_data["table"]` is what was read."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or type or paste the table"),
        required=False,
        strip=False,
        max_length=BYTES_MOST,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "class": "z-typed"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""

    def clean(self) -> dict[str, Any]:
        """Read the table, the file first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        name = "file" if file else "text"
        if self.errors.get("file") or self.errors.get("text"):
            return cleaned
        if not file and not text.strip():
            self.add_error("text", _("Choose a file, or type the table."))
            return cleaned
        try:
            content = file.read(BYTES_MOST + 1) if file else text.encode("utf-8", "replace")
            cleaned["table"] = table_read(content)
        except TableWrong as wrong:
            self.add_error(name, said_whole(wrong))
        return cleaned

    def wrong(self, wrongs: Wrongs) -> None:
        """Say what is wrong with the lines, at where they came from."""
        self.add_error("file" if self.cleaned_data.get("file") else "text", wrongs.said())
