"""Files of people are read however they are written, or refused with the line that is wrong."""

from pathlib import Path

import pytest

from zoco.people.importing.tables import Form, TableWrong, form_of, rows_read


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


@pytest.mark.parametrize(
    "bad", [b'"torn,x\n', b'"torn,x\n' + b"a,b\n" * 50_000, b"a\0,x\n", b"x" * 10_000_000]
)
def test_what_is_no_table_is_refused_with_its_line(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"email,name\n" + bad)

    with pytest.raises(TableWrong, match="Line 2 cannot be read"):
        list(rows_read(path, form_of(path)))
