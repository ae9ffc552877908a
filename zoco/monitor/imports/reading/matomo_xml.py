"""Matomo's XML: <results> of <result date="…">, each with figures or with <row>s of them.

Read by expat's own events: a document that declares a type or entities is refused, so that nothing expands.
"""

from collections.abc import Iterator
from itertools import chain
from xml.parsers import expat

from zoco.monitor.imports.base import ExportUnreadable

Row = tuple[int, dict[str, str]]
# So much is given to the parser at once, and so long may one text be.
FED, SAID_MOST = 1 << 16, 1 << 16


def xml_rows(name: str, first: str, pieces: Iterator[str]) -> Iterator[Row]:
    """Return rows as they are read, `pieces` of text cut anywhere. Raises ExportUnreadable."""
    reader = _Reader(name)
    try:
        for piece in chain([_undeclared(first)], pieces):
            for at in range(0, len(piece), FED):
                reader.parser.Parse(piece[at : at + FED], False)
                yield from reader.taken()
        reader.parser.Parse("", True)
        yield from reader.taken()
    except expat.ExpatError as error:
        raise ExportUnreadable(f"{name} is no XML: {error}.") from error


def _undeclared(first: str) -> str:
    """Take away a declaration of the encoding: the text is decoded already."""
    plain = first.lstrip("\ufeff \r\n")
    return plain.partition("?>")[2] if plain.startswith("<?xml") else plain


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._rows: list[Row] = []
        self._path: list[str] = []
        self._said = ""
        self._day = ""
        self._cells: dict[str, str] = {}
        self._count = 0

    def taken(self) -> list[Row]:
        """Return the rows that are whole."""
        rows, self._rows = self._rows, []
        return rows

    def _doctype(self, *_given: object) -> None:
        raise ExportUnreadable(f"{self.name} declares a document type; Matomo's answers do not.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > 20:
            raise ExportUnreadable(f"{self.name} is nested more deeply than Matomo's answers are.")
        self._said = ""
        if tag == "result" and "date" in attributes:
            self._day, self._cells = attributes["date"], {}
        elif tag == "row":
            self._cells = {}
        elif tag == "error":
            raise ExportUnreadable(
                f"{self.name} holds Matomo's refusal: {attributes.get('message', '')[:200]}"
            )

    def _text(self, text: str) -> None:
        if len(self._said) + len(text) > SAID_MOST:
            raise ExportUnreadable(f"{self.name} holds a text of over {SAID_MOST} letters; it is no answer.")
        self._said += text

    def _end(self, tag: str) -> None:
        self._path.pop()
        if tag in ("row", "result"):
            if self._cells:
                self._count += 1
                self._rows.append((self._count, {"date": self._day, **self._cells}))
            self._cells = {}
        elif self._path and self._path[-1] in ("row", "result"):
            self._cells[tag] = self._said.strip()
        self._said = ""
