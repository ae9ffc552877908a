"""One store for each process, chosen by the settings, led as long as somebody stands by."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger import schema
from zoco.ledger.store import opening
from zoco.ledger.store.base import Erasure, StoreBusy, StoreNewer
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.leadership import leader_pid
from zoco.ledger.tests.store.leading import count, fact, filled, seconds_until, spooled


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that the settings name."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    yield tmp_path
    opening.close()


def led(store: object) -> DuckStore:
    """Return a store as what it is."""
    assert isinstance(store, DuckStore)
    return store


def test_a_command_leads_when_nobody_does_and_gives_leadership_back() -> None:
    first = opening.open_store()
    assert led(first).leads
    second = opening.open_store()
    assert not led(second).leads
    assert count(led(second)) == (0, 0)

    first.close()

    assert count(led(second)) == (0, 0)
    assert led(second).leads
    second.close()


def test_who_may_not_lead_never_does(data: Path) -> None:
    store = opening.open_store(lead=False)

    assert not led(store).leads
    assert not (data / "ledger.lock").exists()


def test_who_must_lead_says_who_does() -> None:
    first = opening.open_store(lead=True)

    with pytest.raises(StoreBusy, match=f"Process {os.getpid()} leads"):
        opening.open_store(lead=True)

    first.close()


def test_a_process_has_one_store_and_another_for_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opening.store()
    assert opening.store() is first

    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "other"))
    second = opening.store()

    assert second is not first
    assert led(second).files.folder == tmp_path / "other"
    assert not led(first).leads


def test_whoever_stands_by_drains_until_told_to_stop(data: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=opening.stand_by, args=[stop])
    thread.start()
    asking = DuckStore(data, lead=False)
    spooled(data, [fact(1), fact(2)])

    seconds_until(lambda: count(asking) == (2, 2), within=20)
    assert leader_pid(data / "ledger.lock") == os.getpid()

    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert not led(opening.store()).leads


def test_standing_by_ends_at_newer_data_and_waits_for_what_can_heal(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(data, [fact(1)])
    monkeypatch.setattr(schema, "VERSION", 0)
    opening._held[str(data), ""] = DuckStore(data, lead=False)
    led(opening.store())._may_lead = True
    with pytest.raises(StoreNewer):
        opening.stand_by(threading.Event())
    monkeypatch.undo()
    monkeypatch.setenv("ZOCO_DATA", str(data))
    monkeypatch.setattr("zoco.ledger.store.duckdb.store.BLOCKED_SECONDS", 0.2)
    good = (data / "ledger.duckdb").read_bytes()
    (data / "ledger.duckdb").write_bytes(b"no ledger" * 1000)

    stop = threading.Event()
    thread = threading.Thread(target=opening.stand_by, args=[stop])
    thread.start()
    stop.wait(0.5)
    (data / "ledger.duckdb").write_bytes(good)

    asking = DuckStore(data, lead=False)
    seconds_until(lambda: count(asking) == (1, 1), within=20)
    stop.set()
    thread.join(10)


def test_erased_facts_are_known_to_the_process() -> None:
    assert not opening.is_erased(fact(1))

    opening.store().erase(Erasure(at=fact(1).occurred_at, visitors=(fact(1).visitor,)))

    assert opening.is_erased(fact(1))
    assert not opening.is_erased(fact(2))
