"""Folders and buckets take whole files; a bucket is a real server on loopback."""

# mypy: disable-error-code="no-untyped-call"

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from zoco.kit import conf
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store.base import Store
from zoco.monitor.exports import duties
from zoco.monitor.exports.models import ExportDay, ExportDuty
from zoco.monitor.exports.targets import EXPORTS, MARK, Folder, TargetOut, target_open
from zoco.monitor.tests.exports import made
from zoco.sites.models import Site

SECRET = "comb-and-hexagon"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the bucket's client, while exports go there."""
    for name, value in (
        ("ACCESS_KEY_ID", "zoco"),
        ("SECRET_ACCESS_KEY", SECRET),
        ("EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("ZOCO_EXPORTS", f"s3://facts/zoco?endpoint={server}&region=us-east-1")
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    client.create_bucket(Bucket="facts")
    return client


def keys(client: Any) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket="facts").get("Contents", [])]


def held(client: Any, key: str, path: Path) -> list[str]:
    """Return the paths of the facts in a file of the bucket."""
    client.download_file("facts", key, str(path))
    with path.open("rb") as file:
        return [row["path"] for row in made.read(file, "csv" if key.endswith("gz") else "parquet")]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_bucket_gets_each_day_once_and_gives_up_whoever_is_erased(
    bucket: Any, store: Store, site: Site, tmp_path: Path, format: str
) -> None:
    assert made.exported(store, site.pk, format, most=2).state == "done"
    there = keys(bucket)
    assert len(there) == len(set(there)) == 4
    assert there[0].startswith(f"zoco/shop-{site.pk}/2026/03/shop-{site.pk}_2026-03-28_1.")
    assert held(bucket, there[0], tmp_path / "file") == ["/", "/buy"]

    made.exported(store, site.pk, format, most=2)
    gone = facts_erase(store=store, visitors=[1], at=made.NOW)

    assert gone.rows["rows of exported files"] == 2
    assert keys(bucket) == there
    assert [held(bucket, key, tmp_path / "file") for key in there] == [["/buy"], ["/late"], ["/"], []]
    duties.days_owed(ExportDay.objects.all())
    assert keys(bucket) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_bucket_that_is_away_is_a_duty_and_no_word_tells_a_key(
    bucket: Any, store: Store, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made.exported(store, site.pk)
    ExportDay.objects.update(target="s3://facts/zoco?endpoint=http://127.0.0.1:9")

    facts_erase(store=store, visitors=[1], at=made.NOW)
    run = made.exported(store, site.pk, "csv", place="s3://nobody/zoco?" + EXPORTS().partition("?")[2])

    assert run.said == "The bucket nobody answers NoSuchBucket; see to its keys and rights."
    said = [duty.said for duty in ExportDuty.objects.all()]
    assert len(said) == 2
    assert "The bucket facts cannot be reached" in said[0]
    assert SECRET not in caplog.text + run.said + "".join(said)


@pytest.mark.parametrize("place", ["s3://bucket?key=secret", "s3://key:secret@bucket", "relative/folder"])
def test_place_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("ZOCO_EXPORTS", place)

    with pytest.raises(conf.SettingWrong, match="s3://bucket/folder"):
        EXPORTS()


def _written_without_end(source: Path, root: Path) -> int:
    """Begin to put a file into a folder again and again, in a process; return its id."""
    child = os.fork()
    if not child:
        try:
            while True:
                Folder(root, is_ours=True).put("site/day", source)
        finally:
            os._exit(1)
    return child


@pytest.mark.alone
def test_killed_half_way_it_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    source, root = tmp_path / "source", tmp_path / "root"
    source.write_bytes(b"x" * (64 << 20))
    root.mkdir()
    half: set[Path] = set()
    for number in range(8):
        writing = _written_without_end(source, root)
        while not set(root.glob("site/.day.*.partial")) - half:
            assert os.waitpid(writing, os.WNOHANG) == (0, 0)
            time.sleep(0.002)
        time.sleep(0.003 * number)
        os.kill(writing, signal.SIGKILL)
        os.waitpid(writing, 0)
        half |= set(root.glob("site/.day.*.partial"))
        whole = root / "site" / "day"
        assert not whole.exists() or whole.stat().st_size == 64 << 20
    assert half

    Folder(root, is_ours=True).put("site/day", source)

    assert [path.name for path in (root / "site").iterdir()] == ["day"]


@pytest.mark.django_db
def test_a_folder_without_its_mark_is_a_disk_that_is_away(tmp_path: Path) -> None:
    root, source = tmp_path / "disk", tmp_path / "source"
    root.mkdir()
    source.write_bytes(b"facts")
    target_open(str(root)).put("site/day", source)
    ExportDay.objects.create(
        site=1, day="2026-11-01", format="csv", target=str(root), files=["site/day"], made_at=timezone.now()
    )
    target_open(str(root)).remove("site/day")

    (root / MARK).unlink()

    with pytest.raises(TargetOut, match="Mount its disk"):
        target_open(str(root))
