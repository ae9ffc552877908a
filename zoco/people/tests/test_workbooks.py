"""Workbooks go out while they are written, and are read as they were meant."""

import io
from collections.abc import Iterator

import openpyxl  # type: ignore[import-untyped]
import pytest

from zoco.people.giving import workbooks
from zoco.people.giving.workbooks import workbook


def test_cells_are_texts_on_as_many_sheets_as_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 3)
    rows = [["1", '<&>"'], ["2", " a\r\n\x00b "], ["3", ""], ["\x01=1+1", "5"], ["Ю", "漢\ud800"]]

    book = openpyxl.load_workbook(io.BytesIO(b"".join(workbook(["id", "name"], rows))))

    assert book.sheetnames == ["People", "People 2", "People 3"]
    read = [[list(row) for row in page.iter_rows(values_only=True)] for page in book]
    assert [each[0] for each in read] == [["id", "name"]] * 3
    assert [row for each in read for row in each[1:]] == [
        ["1", "<&>\""], ["2", " a\r\nb "], ["3", None], ["'=1+1", "5"], ["Ю", "漢"]
    ]  # fmt: skip
    assert {cell.data_type for page in book for row in page for cell in row if cell.value} <= {
        "s",
        "inlineStr",
    }


def test_pieces_go_out_before_the_rows_are_read() -> None:
    taken = 0

    def rows() -> Iterator[list[str]]:
        nonlocal taken
        for taken in range(100_000):
            yield [f"{taken * 7919 % 100_003}", f"Person {taken}"]

    pieces = workbook(["id", "name"], rows())

    first = next(pieces)
    assert taken < 50_000
    assert max(len(each) for each in (first, *pieces)) < 4 * workbooks.PIECE_BYTES
