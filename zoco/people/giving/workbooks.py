"""Workbooks of texts that go out while they are written: nothing of them is kept, however many rows.

Cells are inline strings, so no table of texts is needed; what names the sheets stands at the end of the file.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile

from zoco.kit.cells import FORMULA_STARTS

SHEET_ROWS = 1_048_576
"""No sheet of a workbook has more."""
SHEET_BYTES = 1 << 30
"""As large becomes the text of a sheet: from 2 GB on a zip is of a kind that some programs do not read."""
PIECE_BYTES = 1 << 16
QUICK = 1
"""How hard it is packed: a third quicker than is usual, and a tenth larger."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class _Pieces:
    """Holds what was written until it is taken. It cannot be sought in, so a zip is written onward alone."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        """Hold it."""
        self._held += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self, least: int) -> Iterator[bytes]:
        """Yield what is held if it is so much."""
        if len(self._held) >= least:
            piece, self._held = bytes(self._held), bytearray()
            yield piece


def workbook(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a workbook in pieces; its cells are texts, none a formula.

    What does not fit on a sheet stands on further ones, each with its head.
    """
    pieces, left, sheets = _Pieces(), iter(rows), 0
    row = next(left, None)
    with ZipFile(pieces, "w", ZIP_DEFLATED, compresslevel=QUICK) as pack:  # type: ignore[call-overload]
        while row is not None or not sheets:
            sheets += 1
            with pack.open(f"xl/worksheets/sheet{sheets}.xml", "w") as page:
                page.write(f'{_START}<worksheet xmlns="{_MAIN}"><sheetData>{_row(head)}'.encode())
                many = size = 1
                while row is not None and many < SHEET_ROWS and size < SHEET_BYTES:
                    text = _row(row).encode()
                    page.write(text)
                    many, size, row = many + 1, size + len(text), next(left, None)
                    yield from pieces.taken(PIECE_BYTES)
                page.write(b"</sheetData></worksheet>")
        for name, said in _named(sheets):
            pack.writestr(name, f"{_START}{said}")
    yield from pieces.taken(1)


def _row(cells: Sequence[str]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(text: str) -> str:
    """Write a text; one that begins like a formula once what no XML may hold is gone is made harmless."""
    legal = _ILLEGAL.sub("", text)
    if legal != text and legal.startswith(FORMULA_STARTS):
        legal = f"'{legal}"
    if not legal:
        return "<c/>"
    held = escape(legal, quote=False).replace("\r", "&#13;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{held}</t></is></c>'


def _named(sheets: int) -> Iterator[tuple[str, str]]:
    """Yield the files of a workbook that say what the others are."""
    numbers = range(1, sheets + 1)
    title = {number: "People" if number == 1 else f"People {number}" for number in numbers}
    pages = "".join(f'<sheet name="{title[n]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{pages}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations(*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers)),
    )
    yield "_rels/.rels", _relations(("officeDocument", "xl/workbook.xml"))
    parts = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in (
            ("workbook", "sheet.main"), *((f"worksheets/sheet{n}", "worksheet") for n in numbers)
        )
    )  # fmt: skip
    kinds = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{kinds}{parts}</Types>'


def _relations(*named: tuple[str, str]) -> str:
    said = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(named, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'
