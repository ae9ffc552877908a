"""Backups: consistent while running, checked before use, and nobody erased comes back with one."""

import json
import os
import shutil
import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from zoco.kit.periods import micros
from zoco.ledger.backups import manifest
from zoco.ledger.backups.databases import Database
from zoco.ledger.backups.making import backup_make, copy_sqlite
from zoco.ledger.backups.manifest import BackupUnusable
from zoco.ledger.backups.restoring import LedgerLed, backup_restore
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store.leading import count, end, fact, filled, process, seconds_until, spooled
from zoco.ledger.tests.store.test_erase import ERASED, MARKER, files_with, marked

AT = datetime(2026, 5, 17, 3, 0, 0, tzinfo=UTC)


def made(store: DuckStore, parent: Path, databases: list[Database] | None = None) -> Path:
    """Make a backup at a known time."""
    return backup_make(parent, store=store, databases=databases or [], media=None, at=AT)


def restored(folder: Path, data: Path) -> tuple[int, int]:
    """Restore into a folder, load what came with it, and count."""
    data.mkdir(exist_ok=True)
    backup_restore(folder, data=data, databases=[], media=None, at=AT)
    store = DuckStore(data, lead=True)
    store.drain()
    counted = count(store)
    store.close()
    return counted


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of 100 loaded facts and 20 that wait in the spool."""
    data = tmp_path / "data"
    filled(data, [fact(number) for number in range(100)])
    store = DuckStore(data, lead=True)
    writer = SpoolWriter(data / "spool", "open")
    writer.append([fact(number) for number in range(90, 120)])
    folder = made(store, tmp_path / "backups")
    writer.close()
    store.close()
    return folder


def test_a_backup_is_a_folder_with_a_manifest_and_no_secrets(backup: Path) -> None:
    written = json.loads((backup / "manifest.json").read_text())

    assert backup.name == "zoco-20260517T030000Z"
    assert written["made_at"] == "2026-05-17T03:00:00+00:00"
    assert (written["format"], written["engine"], written["databases"]) == (1, "duckdb", {})
    names = sorted(path.relative_to(backup).as_posix() for path in backup.rglob("*") if path.is_file())
    assert names == ["ledger.duckdb", "manifest.json", *sorted(set(written["files"]) - {"ledger.duckdb"})]
    assert all(name.startswith("spool/") for name in names[2:])
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    manifest.verify(backup, manifest.read(backup))


def test_a_restored_backup_has_loaded_and_waiting_facts_once(backup: Path, tmp_path: Path) -> None:
    assert restored(backup, tmp_path / "elsewhere") == (120, 120)


def test_the_data_that_were_there_are_put_aside_whole(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "other"
    filled(data, [fact(1000)])
    spooled(data, [fact(1001)])

    done = backup_restore(backup, data=data, databases=[], media=None, at=AT)

    assert done.aside == data / "aside-20260517T030000Z"
    assert sorted(path.name for path in done.aside.iterdir()) == ["ledger.duckdb", "spool"]
    shutil.copytree(done.aside, tmp_path / "looked")
    store = DuckStore(tmp_path / "looked", lead=True)
    store.drain()
    assert count(store) == (2, 2)
    store.close()


def test_a_backup_under_load_holds_all_that_was_acknowledged_before(tmp_path: Path) -> None:
    data = tmp_path / "data"
    standing = process(data)
    asking = DuckStore(data, lead=False)
    seconds_until(lambda: count(asking)[0] >= 0, within=20)
    writer = SpoolWriter(data / "spool", "writer")
    stopped = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stopped.is_set():
            writer.append([fact(written + step) for step in range(50)])
            written += 50
            time.sleep(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    for number in range(3):
        time.sleep(0.4)
        acknowledged = written
        folder = made(asking, tmp_path / "backups")
        begun = written
        facts, ids = restored(folder, tmp_path / f"restored{number}")
        assert facts == ids
        assert acknowledged <= facts <= begun
    stopped.set()
    thread.join()
    writer.close()
    end([standing])

    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        "zoco-20260517T030000Z",
        "zoco-20260517T030000Z-2",
        "zoco-20260517T030000Z-3",
    ]


def test_what_a_restore_that_was_killed_left_is_cleaned(backup: Path, tmp_path: Path) -> None:
    left = tmp_path / "fresh" / "tmp" / "restore-1" / "ledger.duckdb"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")

    assert restored(backup, tmp_path / "fresh") == (120, 120)

    assert not list((tmp_path / "fresh" / "tmp").glob("restore-*"))


def test_a_restore_that_cannot_be_leaves_no_copy_behind(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "verify", lambda folder, found: None)
    (backup / "ledger.duckdb").write_bytes(b"changed while it was read")

    with pytest.raises(BackupUnusable, match=r"changed while it was read: ledger\.duckdb"):
        restored(backup, tmp_path / "fresh")

    assert not list((tmp_path / "fresh" / "tmp").glob("restore-*"))


def test_a_live_sqlite_database_is_copied_whole(tmp_path: Path) -> None:
    filled(tmp_path / "data", [])
    source = tmp_path / "live.sqlite3"
    with closing(sqlite3.connect(source)) as live, closing(DuckStore(tmp_path / "data", lead=True)) as store:
        live.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);")
        live.commit()
        live.execute("INSERT INTO t VALUES (3)")

        folder = made(store, tmp_path / "backups", [Database("default", "sqlite", source)])

    with closing(sqlite3.connect(folder / "default.sqlite3")) as copy:
        assert copy.execute("SELECT a FROM t ORDER BY a").fetchall() == [(1,), (2,)]
    assert not list(folder.glob("default.sqlite3-*"))


def test_nobody_is_logged_in_by_a_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.sqlite3")) as live:
        live.execute("CREATE TABLE django_session (session_key TEXT, session_data TEXT)")
        live.execute("INSERT INTO django_session VALUES ('whoever-has-this-is-ann', 'x')")
        live.commit()
        copy_sqlite(tmp_path / "live.sqlite3", tmp_path / "copy.sqlite3")

        assert live.execute("SELECT count(*) FROM django_session").fetchone() == (1,)

    assert b"whoever-has-this" not in (tmp_path / "copy.sqlite3").read_bytes()
    assert [path.name for path in tmp_path.glob("copy.*")] == ["copy.sqlite3"]


def test_nothing_is_restored_while_somebody_leads(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    led = DuckStore(data, lead=True)

    with pytest.raises(LedgerLed, match=f"Process {os.getpid()} leads the ledger in .*; stop `zoco up`"):
        backup_restore(backup, data=data, databases=[], media=None, at=AT)

    assert count(led)[0] >= 100
    assert not list(data.glob("aside-*"))
    led.close()


def test_a_damaged_backup_changes_nothing(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ledger = backup / "ledger.duckdb"
    torn = bytearray(ledger.read_bytes())
    torn[len(torn) // 2] ^= 1
    ledger.write_bytes(torn)

    with pytest.raises(BackupUnusable, match=r"ledger\.duckdb is not as it was written"):
        backup_restore(backup, data=data, databases=[], media=None, at=AT)

    ledger.unlink()
    with pytest.raises(BackupUnusable, match=r"not whole: ledger\.duckdb is missing"):
        backup_restore(backup, data=data, databases=[], media=None, at=AT)
    with pytest.raises(BackupUnusable, match="is no backup"):
        backup_restore(tmp_path, data=data, databases=[], media=None, at=AT)
    assert not list(data.glob("aside-*"))
    assert not list(data.glob("ledger.unerased"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "which is newer"),
        ({"schema": 999}, "which is newer"),
        ({"files": {"../keys/secret_key": {"size": 1, "sha256": "00"}}}, "outside the backup"),
        ({"files": {"/etc/passwd": {"size": 1, "sha256": "00"}}}, "outside the backup"),
        ({"files": {"spool": {"size": 0, "sha256": "00"}}}, "which no backup has"),
        ({"files": {"ledger.duckdb/x": {"size": 0, "sha256": "00"}}}, "which no backup has"),
        ({"engine": "clickhouse"}, "ClickHouse"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_refused(
    backup: Path, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    written = msgspec.json.decode((backup / "manifest.json").read_bytes())
    (backup / "manifest.json").write_bytes(msgspec.json.encode(written | changes))

    with pytest.raises(BackupUnusable, match=message):
        backup_restore(backup, data=tmp_path / "data", databases=[], media=None, at=AT)


def test_a_backup_that_fails_leaves_nothing_and_a_killed_one_is_cleaned_up(tmp_path: Path) -> None:
    parent = tmp_path / "backups"
    left = parent / ".zoco-20260101T000000Z.99999.partial"
    left.mkdir(parents=True)
    (left / "ledger.duckdb").write_bytes(b"half")
    store = DuckStore(tmp_path / "data", lead=True)
    gone = [Database("default", "sqlite", tmp_path / "nowhere.sqlite3")]

    with pytest.raises(sqlite3.OperationalError):
        made(store, parent, gone)

    assert list(parent.iterdir()) == []
    store.close()


def test_a_restore_cut_short_still_erases_before_it_answers(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = DuckStore(data, lead=True)
    spooled(data, [marked(500)])
    store.drain()
    folder = made(store, tmp_path / "more")
    store.erase(Erasure(at=micros(AT), visitors=(ERASED,)))
    store.compact()
    store.close()

    backup_restore(folder, data=data, databases=[], media=None, at=AT)
    assert files_with(data, MARKER) == ["ledger.duckdb"]
    store = DuckStore(data)

    assert store.query(f"SELECT count(*) AS n FROM facts WHERE visitor = {ERASED}")["n"].to_pylist() == [0]
    assert files_with(data, MARKER) == []
    assert not (data / "ledger.unerased").exists()
    store.close()
