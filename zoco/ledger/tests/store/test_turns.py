"""Two machines that drain into one ClickHouse: one at a time, by a lock in a real PostgreSQL."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zoco.ledger.store.base import StoreBusy
from zoco.ledger.tests.outbox.conftest import fresh_postgres
from zoco.ledger.tests.store.clickhouse_facts import put, view

pytestmark = pytest.mark.postgres
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def shared(postgres_url: str) -> Iterator[dict[str, Any]]:
    with fresh_postgres(postgres_url) as made:
        yield made


@pytest.fixture
def start(shared: dict[str, Any], tmp_path: Path) -> Iterator[Start]:
    """Start processes; all that still run are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: object, data: str = "one") -> subprocess.Popen[str]:
        folder = tmp_path / data
        folder.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "TURN_DATABASE": json.dumps(shared),
            "ZOCO_DATA": str(folder),
            "ZOCO_EVENTS_URL": f"chdb://{tmp_path}/engine/ledger",
        }
        command = [sys.executable, "-m", "zoco.ledger.tests.store.turning", *map(str, words)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_turns_of_two_processes_never_overlap(start: Start, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    both = [start("note", notes, 40, data=name) for name in ("one", "other")]

    assert [process.wait(60) for process in both] == [0, 0]

    lines = notes.read_text().split("\n")[:-1]
    turns = list(zip(lines[::2], lines[1::2], strict=True))
    assert len(turns) == 80
    assert all((begun.split()[0], ended.split()[0]) == ("in", "out") for begun, ended in turns)
    assert all(begun.split()[1] == ended.split()[1] for begun, ended in turns)
    assert len({begun for begun, _ in turns}) == 2


def test_a_drain_waits_for_the_other_machine_and_goes_on_when_that_one_dies(
    start: Start, tmp_path: Path
) -> None:
    put(tmp_path / "one" / "spool", view(1), view(2, at=1))
    other = start("hold", data="other")
    assert said(other) == "held"

    drain = start("drain")
    assert said(drain) == "opened"
    heard: list[str] = []
    listening = threading.Thread(target=lambda: heard.append(said(drain)))
    listening.start()
    listening.join(1.5)
    assert heard == []
    other.kill()
    listening.join(30)

    assert heard == ["added 2"]
    assert drain.wait(30) == 0
    assert list((tmp_path / "one" / "spool").glob("*.ndjson")) == []


@pytest.mark.django_db
def test_without_a_shared_database_a_turn_is_taken_at_once_or_says_why() -> None:
    from django.db import connections

    from zoco.ledger.outbox import turns

    with turns.turn_by_database():
        pass

    kept = connections["default"].settings_dict
    nobody = {"NAME": "zoco", "HOST": "127.0.0.1", "PORT": "1", "OPTIONS": {}}
    wrong = {**kept, "ENGINE": "django.db.backends.postgresql", **nobody}
    from django.db.utils import ConnectionHandler

    handler = ConnectionHandler({"default": wrong})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "connections", handler)
        with (
            pytest.raises(StoreBusy, match="The turn to settle could not be taken"),
            turns.turn_by_database(),
        ):
            pass
