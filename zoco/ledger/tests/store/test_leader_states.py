"""Folders and files in a wrong state: a clear error, nothing overwritten, nothing lost."""

import os
import resource
import signal
import threading
import time
from pathlib import Path

import pytest

from zoco.ledger import schema
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import StoreNewer
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.store.duckdb.leader import LedgerUnreadable
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.erasures import ErasureKeyLost
from zoco.ledger.store.leadership import FolderUnwritable
from zoco.ledger.tests.store.leading import (
    count,
    end,
    fact,
    filled,
    kill_leader,
    process,
    seconds_until,
    spooled,
)

STEPS = ("finish", "place", "log", "file")


def test_data_newer_than_the_code_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, [fact(1)])
    before = (tmp_path / "ledger.duckdb").read_bytes()
    monkeypatch.setattr(schema, "VERSION", 0)

    with pytest.raises(StoreNewer, match="install the newer one"):
        DuckStore(tmp_path)

    assert (tmp_path / "ledger.duckdb").read_bytes() == before
    monkeypatch.undo()
    assert _counted(tmp_path) == (1, 1)


def test_a_file_that_is_no_ledger_is_not_overwritten(tmp_path: Path) -> None:
    garbage = b"these bytes are no database. " * 1000
    (tmp_path / "ledger.duckdb").write_bytes(garbage)

    with pytest.raises(LedgerUnreadable, match=r"ledger\.duckdb cannot be opened and was left as it is"):
        DuckStore(tmp_path)

    assert (tmp_path / "ledger.duckdb").read_bytes() == garbage


def test_a_ledger_with_a_torn_head_is_not_overwritten(tmp_path: Path) -> None:
    filled(tmp_path, [fact(number) for number in range(50)])
    torn = bytearray((tmp_path / "ledger.duckdb").read_bytes())
    torn[4096:12288] = os.urandom(8192)
    (tmp_path / "ledger.duckdb").write_bytes(torn)

    with pytest.raises(LedgerUnreadable):
        DuckStore(tmp_path)

    assert (tmp_path / "ledger.duckdb").read_bytes() == bytes(torn)


@pytest.mark.alone  # a process that ran ClickHouse is too large to be copied
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ours, theirs = os.pipe()

    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setegid(65_534)
                os.seteuid(65_534)
            DuckStore(tmp_path)
        except FolderUnwritable as error:
            os.write(theirs, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert os.read(ours, 10_000).decode() == (
        f"The data folder {tmp_path} cannot be written (Permission denied); "
        "make it writable for this user or set ZOCO_DATA."
    )
    tmp_path.chmod(0o700)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_stops_the_drain_and_nothing_else(tmp_path: Path) -> None:
    filled(tmp_path, [fact(number) for number in range(10)])
    standing = process(tmp_path)
    asking = DuckStore(tmp_path, lead=False)
    seconds_until(lambda: count(asking) == (10, 10), within=20)
    resource.prlimit(standing.pid, resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))

    with BulkSegment(tmp_path / "spool", "test") as bulk:
        for number in range(10, 60_010):
            bulk.write(schema.encoder.encode(fact(number, user_agent=f"agent {number * 7919}")) + b"\n")
    for _ in range(20):
        assert count(asking) == (10, 10)
    with pytest.raises(AssertionError):
        seconds_until(lambda: count(asking) != (10, 10), within=3)
    assert len(list((tmp_path / "spool").glob("*.ndjson"))) == 1

    resource.prlimit(standing.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    seconds_until(lambda: count(asking) == (60_010, 60_010), within=15)
    assert not list((tmp_path / "spool").glob("*.ndjson"))
    end([standing])
    assert _counted(tmp_path) == (60_010, 60_010)


def test_a_segment_that_cannot_be_loaded_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    led = DuckStore(tmp_path, lead=True)
    load = Engine.load

    def refusing(engine: Engine, segments: list[Path]) -> object:
        if any(path.name.startswith("odd") for path in segments):
            raise RuntimeError("this segment is odd")
        return load(engine, segments)

    monkeypatch.setattr(Engine, "load", refusing)
    with BulkSegment(tmp_path / "spool", "odd") as bulk:
        bulk.write(schema.encoder.encode(fact(1)) + b"\n")
    spooled(tmp_path, [fact(2), fact(3)])

    seconds_until(lambda: count(led) == (2, 2), within=10)
    assert [path.name[:3] for path in (tmp_path / "spool").glob("*.ndjson")] == ["odd"]
    monkeypatch.undo()
    seconds_until(lambda: count(led) == (3, 3), within=10)
    led.close()


@pytest.mark.crash
@pytest.mark.parametrize("step", STEPS)
def test_killed_while_the_file_is_exchanged_nothing_is_lost(tmp_path: Path, step: str) -> None:
    filled(tmp_path, [fact(number) for number in range(200)])

    dying = process(tmp_path, "compact", step)

    assert dying.wait(60) == -signal.SIGKILL
    left = {
        "finish": {"ledger.fresh.partial"},
        "place": {"ledger.fresh"},
        "log": {"ledger.fresh"},
        "file": set(),
    }
    assert {path.name for path in tmp_path.glob("ledger.fresh*")} == left[step]
    assert _counted(tmp_path) == (200, 200)
    assert not list(tmp_path.glob("ledger.fresh*"))


@pytest.mark.crash
def test_killed_at_any_moment_of_compactions_nothing_is_lost(tmp_path: Path) -> None:
    standing = [process(tmp_path), process(tmp_path)]
    asking = DuckStore(tmp_path, lead=False)
    spooled(tmp_path, [fact(number) for number in range(2000)])
    seconds_until(lambda: count(asking) == (2000, 2000), within=20)

    for wait in (0.0, 0.05, 0.1):
        compacting = threading.Thread(target=DuckStore(tmp_path, lead=False).compact)
        compacting.start()
        time.sleep(wait)
        standing.remove(kill_leader(tmp_path, standing))
        standing.append(process(tmp_path))
        compacting.join(60)
        seconds_until(lambda: count(asking) == (2000, 2000), within=10)

    end(standing)
    assert _counted(tmp_path) == (2000, 2000)


def test_leftovers_of_a_dead_leader_are_cleaned(tmp_path: Path) -> None:
    filled(tmp_path, [fact(1)])
    for name in ("ledger.fresh.partial", ".ledger.sock.999", "tmp/duckdb/spill.tmp", "tmp/backup-1.duckdb"):
        (tmp_path / name).write_bytes(b"left")
    (tmp_path / "spool" / "a.ndjson.erasing").write_bytes(b"left")

    assert _counted(tmp_path) == (1, 1)

    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"left"]


def test_without_the_key_of_the_erased_nobody_leads(tmp_path: Path) -> None:
    filled(tmp_path, [fact(1)])
    (tmp_path / "erasures").write_bytes(b'{"at":1,"kind":"visitor","hash":"00"}\n')

    with pytest.raises(ErasureKeyLost, match="bring it back"):
        DuckStore(tmp_path)


def _counted(data: Path) -> tuple[int, int]:
    store = DuckStore(data, lead=True)
    try:
        return count(store)
    finally:
        store.close()
