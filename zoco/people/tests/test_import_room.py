"""Files that are read need room on the disk for what they unpack to, and for their rows."""

import io
import zipfile
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from zoco.people.importing.files.packs import parts_of
from zoco.people.importing.files.tables import TableWrong


def zipped(table: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("people.csv", table)
    return made.getvalue()


@pytest.mark.parametrize("name", ["plain.csv", "packed.zip", "book.xlsx"])
def test_what_does_not_fit_on_the_disk_is_not_unpacked(tmp_path: Path, name: str) -> None:
    table, path = b"email\n" + b"a@b.example\n" * 220_000, tmp_path / name
    if name == "book.xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("People")
        for number in range(20_000):
            sheet.append([f"p{number}@b.example"])
        book.save(path)
    else:
        path.write_bytes(table if name == "plain.csv" else zipped(table))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    room = 100_000 if name == "book.xlsx" else 2_500_000

    with pytest.raises(TableWrong, match="no room to read"):
        parts_of(path, name, scratch, room)
    assert not list(scratch.iterdir())
    assert len(parts_of(path, name, scratch, 10_000_000)) == 1
