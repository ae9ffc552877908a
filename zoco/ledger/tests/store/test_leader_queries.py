"""The query socket: what is refused, what is stopped, what is kept, what comes back."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.base import QueryFailed, QueryRefused, StoreBusy
from zoco.ledger.store.duckdb import store as stores
from zoco.ledger.store.duckdb.cache import Cache
from zoco.ledger.store.duckdb.socket import wire
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store.leading import count, fact, seconds_until, spooled

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range < 0"


@pytest.fixture(params=["leader", "client"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DuckStore]:
    led = DuckStore(tmp_path, lead=True)
    spooled(tmp_path, [fact(number) for number in range(100)])
    led.drain()
    client = DuckStore(tmp_path, lead=False)
    yield led if request.param == "leader" else client
    client.close()
    led.close()


def test_an_answer_has_its_values_and_order(asked: DuckStore) -> None:
    answer = asked.query(
        "SELECT path, count(*) AS n FROM facts WHERE visitor < 3 GROUP BY path ORDER BY path"
    )

    assert answer.to_pydict() == {"path": ["/0", "/1", "/2", "/3", "/4"], "n": [6, 6, 6, 6, 6]}


def test_a_query_that_the_engine_cannot_answer_fails_with_its_words(asked: DuckStore) -> None:
    with pytest.raises(QueryFailed, match="nowhere"):
        asked.query("SELECT nowhere FROM facts")
    with pytest.raises(QueryFailed, match="syntax error"):
        asked.query("SELECT FROM WHERE")
    with pytest.raises(QueryFailed, match="Could not convert"):
        asked.query("SELECT CAST('x' || range AS INT) FROM range(10)")


def test_an_error_in_the_middle_of_an_answer_reaches_the_reader(asked: DuckStore) -> None:
    late = "SELECT CASE WHEN range = 900000 THEN error('late') ELSE range END AS a FROM range(1000000)"

    reader = asked.stream(late)

    with pytest.raises(QueryFailed, match="late"):
        for _ in reader:
            pass
    assert count(asked) == (100, 100)


def test_a_million_rows_come_in_batches(asked: DuckStore) -> None:
    rows, total = 0, 0
    for batch in asked.stream("SELECT range AS a, 'x' || range AS b FROM range(1000000)"):
        rows += batch.num_rows
        total += sum(batch["a"].to_pylist()[:1])

    assert rows == 1_000_000
    assert total > 0


def test_a_query_may_be_asked_while_another_is_read(asked: DuckStore) -> None:
    reader = asked.stream("SELECT range AS a FROM range(500000)")
    reader.read_next_batch()

    assert count(asked) == (100, 100)
    assert sum(batch.num_rows for batch in reader) > 100_000


def test_a_query_is_stopped_when_its_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_QUERY_SECONDS", "0.3")
    led = DuckStore(tmp_path, lead=True)
    client = DuckStore(tmp_path, lead=False)

    for asked in (led, client):
        begun = time.monotonic()
        with pytest.raises(wire.QueryTooSlow, match=r"longer than 0\.3 s"):
            asked.query(ENDLESS)
        assert time.monotonic() - begun < 5
    assert count(client) == (0, 0)
    led.close()


def test_a_client_that_goes_away_ends_its_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_QUERY_THREADS", "1")
    led = DuckStore(tmp_path, lead=True)
    client = DuckStore(tmp_path, lead=False)
    link = client._client._ask(wire.Query(ENDLESS), None)
    desk = led._lead().desk  # type: ignore[union-attr]
    seconds_until(lambda: len(desk._running) == 1, within=20)

    link.close()

    seconds_until(lambda: not desk._running, within=20)
    assert count(client) == (0, 0)
    led.close()


def test_a_reader_dropped_half_way_lets_go_of_the_query(asked: DuckStore) -> None:
    reader = asked.stream("SELECT range AS a, 'x' || range AS b FROM range(50000000)")
    reader.read_next_batch()

    del reader

    assert count(asked) == (100, 100)


def test_queries_wait_for_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_QUERY_THREADS", "2")
    led = DuckStore(tmp_path, lead=True)
    client = DuckStore(tmp_path, lead=False)
    answers: list[int] = []

    def ask(number: int) -> None:
        sql = f"SELECT sum(range) + {number} AS n FROM range(3000000)"
        answers.append(client.query(sql)["n"][0].as_py() - 4_499_998_500_000)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == list(range(12))
    led.close()


def test_answers_are_kept_until_the_data_change(tmp_path: Path) -> None:
    led = DuckStore(tmp_path, lead=True)
    cache = led._lead().desk.cache  # type: ignore[union-attr]
    for _ in range(2):
        assert led.query("SELECT count(*) AS n FROM facts").to_pydict() == {"n": [0]}
    assert len(cache) == 1
    led.query("SELECT now() AS n")
    led.query("SELECT current_timestamp AS n")
    led.query("SELECT random() AS n FROM facts USING SAMPLE 3")
    assert len(cache) == 1

    version = led.version()
    spooled(tmp_path, [fact(1)])
    led.drain()

    assert led.version() > version
    assert led.query("SELECT count(*) AS n FROM facts").to_pydict() == {"n": [1]}
    led.close()


def test_the_version_grows_over_leaders_and_compactions(tmp_path: Path) -> None:
    versions = []
    for _ in range(2):
        led = DuckStore(tmp_path, lead=True)
        versions.append(led.version())
        led.compact()
        versions.append(led.version())
        led.close()

    assert versions == sorted(set(versions))


def test_the_cache_is_bounded_by_bytes_and_can_be_turned_off() -> None:
    import pyarrow as pa

    table = pa.table({"a": [1]})
    cache = Cache(1000)
    for number in range(20):
        cache.put((f"{number:02}", 1), table, 100)
    cache.put(("large", 1), table, 251)
    none = Cache(0)
    none.put(("a", 1), table, 1)

    assert len(cache) == 9
    assert cache.get(("10", 1)) is None
    assert cache.get(("19", 1)) is table
    assert cache.get(("19", 2)) is None
    assert cache.get(("large", 1)) is None
    assert len(none) == 0


def test_nobody_leading_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PATIENCE_SECONDS", 0.1)
    client = DuckStore(tmp_path, lead=False)

    with pytest.raises(StoreBusy, match=r"Nobody leads the ledger in .*; start `zoco up`"):
        client.query("SELECT 1")


def test_queries_go_on_while_the_file_is_rewritten(asked: DuckStore) -> None:
    reader = asked.stream("SELECT range AS a FROM range(200000)")
    stopped = threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        while not stopped.is_set():
            try:
                assert count(asked) == (100, 100)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert sum(batch.num_rows for batch in reader) == 200_000
    for _ in range(5):
        asked.compact()
    stopped.set()
    for thread in threads:
        thread.join()

    assert failures == []


def test_requests_and_errors_survive_the_wire() -> None:
    request = wire.Retain(3, 1_700_000_000_000_000)

    assert wire.decode_request(wire.encode_request(request)) == request
    assert str(wire.error_of(wire.failure_of(StoreBusy("busy")))) == "busy"
    assert type(wire.error_of(wire.failure_of(QueryRefused("no")))) is QueryRefused
    assert type(wire.error_of(wire.failure_of(ZeroDivisionError("odd")))) is wire.LedgerFailed
