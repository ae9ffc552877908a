"""A clock that jumps, a day forwards or an hour backwards: facts and sessions do not mind."""

import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import SpoolFolder, SpoolWriter
from zoco.ledger.spool.segment import NEW, OPEN, Segment
from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.leadership import Lock
from zoco.ledger.tests.store import chdb
from zoco.ledger.tests.store.clickhouse_facts import load, view
from zoco.ledger.tests.store.leading import count, fact

HOUR, DAY = 3_600, 86_400
JUMPS = [0, DAY, DAY - HOUR, 0, -HOUR, -HOUR, 7 * DAY, -HOUR]
MINUTE = 60_000
"""In milliseconds, the step of `fact`'s numbers."""

SetClock = Callable[[int], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return what sets the clock that this process reads so many seconds off."""
    seconds, nanoseconds = time.time, time.time_ns

    def set_off(off: int) -> None:
        monkeypatch.setattr(time, "time", lambda: seconds() + off)
        monkeypatch.setattr(time, "time_ns", lambda: nanoseconds() + off * 1_000_000_000)

    return set_off


@pytest.fixture
def led(tmp_path: Path) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path / "data", lead=True)
    yield store
    store.close()


def pieces() -> list[list[Fact]]:
    """Return facts of three visitors over a day in pieces; gaps of 20 and of 40 minutes between them."""
    at, facts = 0, []
    for number in range(160):
        at += 20 if number % 5 else 40
        facts.append(fact(at * MINUTE, visitor=number % 3 + 1, path=f"/{number}"))
    return [facts[start::8] for start in range(8)]


def encoded(number: int) -> bytes:
    return encoder.encode(fact(number))


def sessions(store: DuckStore) -> dict[str, int]:
    rows = store.query("SELECT path, session FROM facts ORDER BY path").to_pylist()
    return {row["path"]: row["session"] for row in rows}


def test_no_fact_is_lost_or_doubled_and_sessions_are_as_without_jumps(
    led: DuckStore, tmp_path: Path, set_clock: SetClock
) -> None:
    writer = SpoolWriter(led.files.spool, "jumping")
    for jump, piece in zip(JUMPS, pieces(), strict=True):
        set_clock(jump)
        writer.append(piece[:10])
        writer.close()
        writer.append(piece[5:])
        if jump == DAY:
            led.drain()
    writer.close()
    led.drain()
    set_clock(0)

    still = DuckStore(tmp_path / "still", lead=True)
    steady = SpoolWriter(still.files.spool, "steady")
    steady.append([each for piece in pieces() for each in piece])
    steady.close()
    still.drain()
    expected = sessions(still)
    still.close()

    assert count(led) == (160, 160)
    assert sessions(led) == expected
    assert len(set(expected.values())) > 30
    assert led.query("SELECT count(*) AS n, count(DISTINCT name) AS names FROM segments").to_pylist() == [
        {"n": 9, "names": 9}
    ]


def test_names_of_one_and_the_same_moment_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_790_000_000_000_000_000)

    assert len({uuid7() for _ in range(10_000)}) == 10_000
    for _ in range(50):
        Segment(tmp_path, "same").close()

    assert len(SpoolFolder(tmp_path).closed()) == 50


@pytest.mark.parametrize("jump", [DAY, -HOUR])
def test_the_leader_stays_the_leader(led: DuckStore, set_clock: SetClock, jump: int) -> None:
    before = led.version()

    set_clock(jump)

    assert Lock.take(led.files.lock) is None
    with pytest.raises(StoreBusy):
        DuckStore(led.files.folder, lead=True)
    assert led.leads
    writer = SpoolWriter(led.files.spool, "on")
    writer.append([fact(1)])
    writer.close()
    led.drain()
    assert count(led) == (1, 1)
    assert led.version() > before


def test_the_number_of_the_data_grows_over_an_exchange_with_the_clock_set_back(
    led: DuckStore, set_clock: SetClock
) -> None:
    before = led.version()

    set_clock(-HOUR)
    led.compact()

    assert led.version() > before


def test_what_a_writer_left_open_is_adopted_whatever_the_clock_says(
    led: DuckStore, set_clock: SetClock
) -> None:
    for number, jump in enumerate((DAY, -HOUR)):
        set_clock(jump)
        segment = Segment(led.files.spool, "dead")
        segment.append(encoded(number) + b"\n")
        segment.forget()
        assert segment.path.name.endswith(OPEN)
    set_clock(0)

    led.drain()

    assert count(led) == (2, 2)


def test_a_segment_taken_for_dead_while_it_is_born_is_begun_anew(
    tmp_path: Path, set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = SpoolFolder(tmp_path)
    writer = SpoolWriter(tmp_path, "born")
    flock = fcntl.flock

    def flock_after_the_leader(handle: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        set_clock(DAY)
        assert [path.suffix for path in spool.unfinished()] == [NEW]
        assert spool.adopt() == []
        flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", flock_after_the_leader)

    writer.append([fact(1)])
    writer.close()

    [closed] = spool.closed()
    assert closed.read_bytes() == encoded(1) + b"\n"


def test_the_number_of_the_data_on_clickhouse_grows_after_a_server_set_its_clock_back(
    tmp_path: Path,
) -> None:
    store = chdb.opened(tmp_path / "spool")
    store.client.change(  # type: ignore[attr-defined]
        "INSERT INTO journal VALUES ('segment', 'of tomorrow', now64(6) + INTERVAL 1 DAY)"
    )
    before = store.version()

    load(store, tmp_path / "spool", view(1))
    loaded = store.version()
    store.retain(1, 0)

    assert before < loaded < store.version()
    store.close()
