"""Once a week the worker writes the ledger's file anew."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.ledger import periodic
from zoco.ledger.store import opening
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb import files
from zoco.ledger.tests.store import chdb
from zoco.ledger.tests.store.clickhouse_facts import load, view
from zoco.ledger.tests.store.leading import START, fact, spooled
from zoco.project.models import Turn
from zoco.project.worker import turns

WEEK = timedelta(days=7)


@pytest.fixture
def weekly() -> Periodic:
    return PERIODIC.get("ledger.compact")


@pytest.fixture
def store(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return a ledger of 5,000 facts of which all but fifty were dropped, and no file is too small."""
    monkeypatch.setattr(periodic, "COMPACT_BYTES", 1)
    held = opening.store()
    for first in range(0, 5_000, 1_000):
        numbers = range(first, first + 1_000)
        spooled(data, [fact(number, title=Random(number).randbytes(200).hex()) for number in numbers])
        held.drain()
    opening.close()
    held = opening.store()
    held.retain(1, START + 4_950 * 1_000)
    yield held
    opening.close()


def test_the_file_shrinks_and_the_facts_stay(store: Store, data: Path, weekly: Periodic) -> None:
    before = (data / "ledger.duckdb").stat()
    version = store.version()

    weekly.run()

    after = (data / "ledger.duckdb").stat()
    assert after.st_ino != before.st_ino
    assert after.st_size < before.st_size
    assert store.query("SELECT count(*) AS n FROM facts")["n"].to_pylist() == [50]
    assert store.version() > version


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_it_runs_once_a_week(data: Path, weekly: Periodic) -> None:
    now, path = timezone.now(), data / "ledger.duckdb"

    assert turns.run_due([weekly], "w", at=now) == 1
    first = path.stat().st_ino
    assert turns.run_due([weekly], "w", at=now + WEEK - timedelta(minutes=1)) == 0
    assert path.stat().st_ino == first
    assert turns.run_due([weekly], "w", at=now + WEEK + timedelta(minutes=1)) == 1

    assert Turn.objects.get(key="ledger.compact").failure == ""
    assert path.stat().st_ino != first


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_too_little_room_is_noted_and_nothing_changed(
    data: Path, weekly: Periodic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, size: int) -> None:
        raise files.NoRoom(f"{folder} is full")

    monkeypatch.setattr(files, "want_room", full)
    before = (data / "ledger.duckdb").stat().st_ino

    turns.run_due([weekly], "w", at=timezone.now())

    assert "is full" in Turn.objects.get(key="ledger.compact").failure
    assert (data / "ledger.duckdb").stat().st_ino == before


def test_a_small_file_is_left_alone(
    store: Store, data: Path, weekly: Periodic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "COMPACT_BYTES", 1 << 30)
    version = store.version()

    weekly.run()

    assert store.version() == version


def test_a_clickhouse_is_left_alone(data: Path, weekly: Periodic, monkeypatch: pytest.MonkeyPatch) -> None:
    opening.close()
    monkeypatch.setattr(periodic, "COMPACT_BYTES", 1)
    monkeypatch.setenv("ZOCO_EVENTS_URL", chdb.new_url())
    held = opening.store()
    load(held, data / "spool", view(1))
    load(held, data / "spool", view(2, visitor=8))
    version = held.version()

    weekly.run()

    assert held.version() == version
    opening.close()
