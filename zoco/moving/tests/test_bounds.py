"""An archive that unfolds to more than it looks is refused before that much of it is in memory."""

import json
import shutil
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoco.monitor.models import ImportRun
from zoco.moving.files.archive import Archive, ArchiveWrong
from zoco.moving.files.facts import FactsWrong
from zoco.moving.files.sums import sums_check
from zoco.moving.models import SiteMove
from zoco.moving.moving import import_begin
from zoco.moving.running import MoveRefused
from zoco.project.tests.readers import client_of
from zoco.sites import uploads
from zoco.sites.services import site_create

MANIFEST = {
    "format": "zoco.site", "version": 1, "schema": 1, "origin": "a" * 32, "made_at": 1, "name": "Shop",
    "slug": "shop", "facts": 0, "parts": [],
}  # fmt: skip


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def with_settings(path: Path, settings: bytes) -> Path:
    part = {"name": "settings.json", "size": len(settings), "sha256": "", "rows": 0}
    told: dict[str, Any] = MANIFEST | {"parts": [part]}
    return zipped(path, {"manifest.json": json.dumps(told).encode(), "settings.json": settings})


def test_a_list_of_files_without_end_is_not_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "list.zip", {f"facts/{number:020}.parquet": b"" for number in range(15_000)})

    with pytest.raises(ArchiveWrong, match="lists too many files"):
        Archive(path)


def test_json_of_too_many_values_or_too_deep_is_refused(tmp_path: Path) -> None:
    goals = b"[]," * 1_500_000
    many = with_settings(tmp_path / "many.zip", b'{"site":{},"parts":{"goals":[' + goals + b"0]}}")
    deep = with_settings(tmp_path / "deep.zip", b"[" * 100_000)
    deeper = zipped(tmp_path / "deeper.zip", {"manifest.json": b'{"format":' + b"[" * 100_000})

    with Archive(many) as archive, pytest.raises(ArchiveWrong, match="more values than a site has settings"):
        archive.settings()
    with Archive(deep) as archive, pytest.raises(ArchiveWrong, match=r"in settings\.json"):
        archive.settings()
    with pytest.raises(ArchiveWrong, match=r"in manifest\.json"):
        Archive(deeper)


def sums(path: Path, rows: int, *, label: str = "x", keys: tuple[str, ...] = ("umami-1",)) -> Path:
    columns = {
        "origin_key": pa.array([keys[number % len(keys)] for number in range(rows)], pa.string()),
        "day": pa.array([date(2026, 1, 1)] * rows, pa.date32()),
        "dimension": pa.array(["page"] * rows, pa.string()),
        "label": pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([label])),
        "measure": pa.array(["visits"] * rows, pa.string()),
        "amount": pa.array([Decimal(1)] * rows, pa.decimal128(18, 4)),
    }
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)
    return path


def test_imported_days_that_unfold_to_more_than_an_import_has_are_refused(tmp_path: Path) -> None:
    bomb = sums(tmp_path / "bomb.parquet", 150_000, label="x" * 1_900)
    before = pa.total_allocated_bytes()

    with pytest.raises(FactsWrong, match="larger than any can be"):
        sums_check(bomb, 150_000)
    with pytest.raises(FactsWrong, match="too long"):
        sums_check(sums(tmp_path / "long.parquet", 1, label="x" * 2_001), 1)
    with pytest.raises(FactsWrong, match="do not lie together"):
        sums_check(sums(tmp_path / "mixed.parquet", 3, keys=("umami-1", "umami-2")), 3)
    for rows in (0, 3):
        sums_check(sums(tmp_path / "right.parquet", rows), rows)

    assert bomb.stat().st_size < 100_000
    assert pa.total_allocated_bytes() - before < 1 << 20


def stating(path: Path, size: int) -> Path:
    """Let the footer of a file say that its rows take so many bytes."""

    def number(value: int) -> bytes:
        """Write a number as Thrift does, in four bytes."""
        groups = [2 * value >> shift & 127 for shift in range(0, 28, 7)]
        return bytes([*(group | 128 for group in groups[:3]), groups[3]])

    raw = path.read_bytes()
    true, told = number(pq.read_metadata(path).row_group(0).total_byte_size), number(size)
    assert raw.count(true) == 1
    path.write_bytes(raw.replace(true, told))
    assert pq.read_metadata(path).row_group(0).total_byte_size == size
    return path


def test_what_pages_take_is_asked_of_themselves_whatever_the_footer_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pq.read_table(sums(tmp_path / "sums.parquet", 5_000, label="x" * 1_900))
    plain, delta = tmp_path / "plain.parquet", tmp_path / "delta.parquet"
    pq.write_table(rows, plain, compression="zstd", use_dictionary=False, store_schema=False)
    pq.write_table(
        rows, delta, compression="zstd", use_dictionary=False, store_schema=False,
        column_encoding={"label": "DELTA_BYTE_ARRAY"},
    )  # fmt: skip
    monkeypatch.setattr("zoco.moving.files.sums.GROUP_BYTES", 5_000_000)

    with pytest.raises(FactsWrong, match="groups of rows are too large"):
        sums_check(stating(plain, 1_000), 5_000)
    with pytest.raises(FactsWrong, match="encoded as no archive of ours is"):
        sums_check(delta, 5_000)


@pytest.mark.django_db
def test_uploads_of_archives_are_held_to_the_room_that_all_uploads_share(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_create(name="Shop")
    monkeypatch.setattr(uploads, "FREE_BYTES", shutil.disk_usage(folder).free - 3_000_000_000)
    begun = import_begin(name="first.zip", size=1_500_000_000, by=None)
    ImportRun.objects.create(site=site, kind="umami", name="x", size=1_000_000_000)

    with pytest.raises(MoveRefused, match=r"no room for second\.zip: it has 900 MB"):
        import_begin(name="second.zip", size=900_000_000, by=None)
    client_of("owner").post(f"/admin/moving/{begun.pk}/act/", {"do": "delete"})
    import_begin(name="second.zip", size=900_000_000, by=None)

    assert [move.name for move in SiteMove.objects.all()] == ["second.zip"]
