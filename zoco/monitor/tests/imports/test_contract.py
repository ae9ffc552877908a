"""What every importer holds to: the same export gives the same sums, and no file brings it down."""

import gzip
import random
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from zoco.kit.runs import RunStopped
from zoco.monitor.imports.base import ExportUnreadable, Wanted, importers_all
from zoco.monitor.imports.exports import Export
from zoco.monitor.imports.sums import REASONS, Sums, digest_of
from zoco.monitor.tests.imports import made

KEYS = [each.key for each in importers_all()]
PLUGS = {each.key: each for each in importers_all()}


def read(path: Path, key: str, refused: Path | None = None) -> Sums:
    sums = Sums(refused)
    PLUGS[key].read(Export(path, path.name), sums, Wanted("Europe/Madrid"))
    sums.close()
    return sums


def test_every_importer_has_a_sample() -> None:
    assert set(KEYS) == set(made.SAMPLES)


@pytest.mark.parametrize("key", KEYS)
def test_an_importer_says_what_it_reads_and_after_which_description(key: str) -> None:
    plug = PLUGS[key]

    assert str(plug.label)
    assert len(str(plug.help)) > 40
    assert all(source.startswith("https://") for source in plug.sources)


@pytest.mark.parametrize("key", KEYS)
def test_the_same_export_gives_the_same_sums(tmp_path: Path, key: str) -> None:
    path = made.written(tmp_path, "export", made.SAMPLES[key]())

    first, second = read(path, key), read(path, key)

    assert first.days == [date(2024, 2, 28), date(2024, 2, 29)]
    assert digest_of(first.table()) == digest_of(second.table())
    assert set(first.refused) <= set(REASONS)
    assert {"page_views", "visits", "visitors"} <= set(first.totals())


@pytest.mark.parametrize("key", KEYS)
def test_broken_files_are_refused_in_words_or_in_part(tmp_path: Path, key: str) -> None:
    dice = random.Random(20_240_228)
    whole = made.SAMPLES[key]()
    plain = whole if key != "umami" else gzip.decompress(whole)
    for attempt in range(150):
        broken = bytearray(dice.choice((whole, plain)))
        for _ in range(dice.randrange(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        if attempt % 3 == 0:
            del broken[dice.randrange(1, len(broken)) :]
        path = made.written(tmp_path, "export", bytes(broken))
        with suppress(ExportUnreadable):
            read(path, key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"<html>",
        b"a,b\n1,2\n",
        b"{}",
        b"[]",
        b"[[[[",
        b"{" * 100_000,
        b'"',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_export_is_refused_in_words(tmp_path: Path, key: str, content: bytes) -> None:
    path = made.written(tmp_path, "export", content)

    with pytest.raises(ExportUnreadable, match="export"):
        read(path, key)


@pytest.mark.parametrize("name", ["../up.csv", "/etc/passwd", "a/../../b.csv", "c:\\x.csv", "..\\x.csv"])
def test_an_archive_that_names_places_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = made.written(tmp_path, "export", made.zipped({name: made.HEAD}))

    with pytest.raises(ExportUnreadable, match="outside"):
        read(path, "plausible")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "export"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("imported_visitors.csv", "w") as file,
    ):
        for _ in range(200):
            file.write(b"0" * (1 << 20))

    with pytest.raises(ExportUnreadable, match="unpacks to 200 MB"):
        read(bomb, "plausible")


def test_a_packed_dump_that_does_not_end_is_refused(tmp_path: Path) -> None:
    line = b"-- " + b"x" * 1_000 + b"\n"
    path = made.written(tmp_path, "export", gzip.compress(line * 100_000))

    with pytest.raises(ExportUnreadable, match="unpacks to more than"):
        read(path, "umami")


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = made.written(tmp_path, "imported_visitors.csv", made.HEAD.encode() + b"x" * (2 << 20))

    with pytest.raises(ExportUnreadable, match="longer than"):
        read(path, "plausible")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = made.written(tmp_path, "export", made.zipped({f"{number}.csv": "" for number in range(2_001)}))

    with pytest.raises(ExportUnreadable, match="2001 files"):
        read(path, "plausible")


def test_entities_of_xml_are_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><results>&a;</results>'
    path = made.written(tmp_path, "API.get.xml", bomb.encode())

    with pytest.raises(ExportUnreadable, match="document type"):
        read(path, "matomo")


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    rows = "".join(f"2024-02-28,{number}\n" for number in range(5_000))
    path = made.written(tmp_path, "imported_visitors.csv", f"date,visitors\n{rows}".encode())

    def stop(done: int, total: int) -> None:
        raise RunStopped

    with pytest.raises(RunStopped):
        PLUGS["plausible"].read(Export(path, path.name, stop), Sums(), Wanted("UTC"))


def test_formulas_are_defused_in_refused_rows(tmp_path: Path) -> None:
    path = made.written(
        tmp_path, "imported_visitors.csv", f"{made.HEAD}=cmd(),1,1,1,1,1\n2024-02-28,1,1,1,1,1\n".encode()
    )

    read(path, "plausible", tmp_path / "refused.csv")

    assert "\"'=cmd(),1" in (tmp_path / "refused.csv").read_text()


def test_formulas_are_defused_in_names_of_files_and_after_tabs(tmp_path: Path) -> None:
    sums = Sums(tmp_path / "refused.csv")

    sums.refuse("=cmd().csv", 2, "day", "\t=cmd()")
    sums.refuse("days.csv", 3, "day", "")
    sums.close()

    assert (tmp_path / "refused.csv").read_text().splitlines()[1:] == [
        "'=cmd().csv,2,day,'\t=cmd()",
        "days.csv,3,day,",
    ]
