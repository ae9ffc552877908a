"""Files of people are read however they are written, or refused with the line that is wrong."""

from pathlib import Path
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]
import pytest

from zoco.people.importing.files.packs import parts_of
from zoco.people.importing.files.tables import Form, TableWrong, form_of, rows_read


@pytest.mark.parametrize(
    ("encoding", "shown", "delimiter", "name"),
    [
        ("utf-8", "utf-8", ",", "Иван"),
        ("utf-8-sig", "utf-8-sig", ";", "José"),
        ("utf-16", "utf-16", "\t", "José"),
        ("cp1251", "cp1251", ";", "Иван"),
        ("cp1252", "cp1252", "|", "José"),
        ("gb18030", "gb18030", ",", "王小明"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_encoding_and_delimiter_are_found(
    tmp_path: Path, encoding: str, shown: str, delimiter: str, name: str, end: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(f"email{delimiter}name{end}{end}a@example.org{delimiter}{name}{end}".encode(encoding))

    form = form_of(path)

    assert form == Form(shown, delimiter)
    assert list(rows_read(path, form)) == [(1, ["email", "name"]), (3, ["a@example.org", name])]


@pytest.mark.parametrize("bad", [b'"torn,x\n', b'"torn,x\n' + b"a,b\n" * 50_000, b"a\0,x\n", b"x" * 900_000])
def test_what_is_no_table_is_refused_with_its_line(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"email,name\n" + bad)

    with pytest.raises(TableWrong, match="Line 2 cannot be read"):
        list(rows_read(path, form_of(path)))


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Email</t></is></c></row>%s</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            '<row r="999999999999"><c r="A2" t="inlineStr"><is><t>a@b.example</t></is></c></row>',
            "no workbook",
        ),
        ('<row r="2"><c r="XFD2" t="inlineStr"><is><t>a@b.example</t></is></c></row>', "at most 300 columns"),
    ],
)
def test_sheet_that_says_it_goes_on_for_ever_is_refused_at_once(rows: str, said: str, tmp_path: Path) -> None:
    openpyxl.Workbook().save(whole := tmp_path / "whole.xlsx")
    path = tmp_path / "endless.xlsx"
    with ZipFile(whole) as book, ZipFile(path, "w") as made:
        for each in book.namelist():
            is_sheet = each == "xl/worksheets/sheet1.xml"
            made.writestr(each, SHEET % rows if is_sheet else book.read(each))
    (part,) = parts_of(path, "endless.xlsx", tmp_path, 1 << 40)

    with pytest.raises(TableWrong, match=said):
        list(part.rows())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html>\n<html><body><table><tr><td>1,2</td></tr></table></body></html>", "a web page"),
        ("\ufeff\n<!-- saved from url -->\n<html lang='en'>".encode(), "a web page"),
        ("\ufeff<html><table>".encode("utf-16-le"), "a web page"),
        (b"<table border=1><tr><td>email</td></tr>", "a web page"),
        (b"<?xml version='1.0'?>\n<!-- a --><Workbook xmlns='urn:x'>", "XML"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08\0", "packed in a way"),
    ],
)
def test_what_is_known_to_be_no_table_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path, pack = tmp_path / "costs.csv", tmp_path / "costs.zip"
    path.write_bytes(content)
    with ZipFile(pack, "w") as file:
        file.write(path, "costs.csv")

    for each in (path, pack):
        with pytest.raises(TableWrong, match=said):
            parts_of(each, each.name, tmp_path, 1 << 30)


@pytest.mark.parametrize("head", ["<email>,<name>", "<name>;<email>", "BMW,GIF89", "PDF-1,a"])
def test_headings_in_pointed_brackets_are_a_table(tmp_path: Path, head: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{head}\na@example.org,Ana\n")

    assert len(list(parts_of(path, path.name, tmp_path, 1 << 30)[0].rows())) == 2


@pytest.mark.parametrize("content", [b"x" * 3_000_000, b"email,\nb" + b",a" * 1_500_000])
def test_a_line_that_never_ends_is_refused_before_it_is_parted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    with pytest.raises(TableWrong, match="more than a million letters"):
        list(rows_read(path, Form("utf-8", ",")))
