"""A database that takes nothing just now keeps nobody from a page: he gets the control, and is told of.

Programs wait as long as usual, and are told that nothing was recorded.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from zoco.kit.periods import micros
from zoco.ledger import spool
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.trials.deciding import dealt_arm
from zoco.trials.designs import Metric
from zoco.trials.keeping import services
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.models import Trial
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, START, draft
from zoco.trials.tests.test_remote import FLAG, _site, ask  # noqa: F401 - the fixture is used by itself

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "BEGIN; LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
}


@contextmanager
def locked(*tables: str) -> Iterator[None]:
    """Let somebody else write for a long time."""
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        cursor.execute(LOCKS[connection.vendor].format(", ".join(tables)))
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def hurried() -> Iterator[None]:
    """Let this connection wait a twentieth of a second for others; it is a new one afterwards."""
    give = "PRAGMA busy_timeout = 50" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'"
    with connection.cursor() as cursor:
        cursor.execute(give)
    try:
        yield
    finally:
        connection.close()


def waits() -> str:
    """Return how long the database waits for others."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_a_busy_database_gives_who_is_new_the_control_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["shop.example", "testserver"])
    monkeypatch.setattr(services, "WAIT_SECONDS", 0.05)
    now = datetime.now(UTC)
    bandit = draft(
        [Metric("Revenue", "revenue", "primary")], unit="browser", deals="bandit", decides="fixed",
        ends_on=now.date() + 5 * DAY, is_public=True,
    )  # fmt: skip
    trial_start(trial=bandit.pk, at=now)
    usual, known, new = waits(), f"{1:032x}", f"{2:032x}"
    before = ask(FLAG, {"context": {"targetingKey": known}}).json()

    with locked("zoco_trials_trialunit"):
        again, told = (ask(FLAG, {"context": {"targetingKey": each}}) for each in (known, new))

    assert (told.status_code, told.json()["reason"], told.json()["variant"]) == (200, "DEFAULT", "a")
    assert again.json() == before
    assert TrialUnit.objects.count() == 1
    assert waits() == usual
    spool.process_writer(tmp_path).close()
    lines = [each for file in (tmp_path / "spool").iterdir() for each in file.read_bytes().splitlines()]
    facts = [json.loads(each) for each in lines if b"collector.fact.refused" in each]
    assert [(each["site"], each["reason"], each["subject"], each["quantity"]) for each in facts] == [
        (1, "not_dealt", "headline", 1)
    ]
    after = ask(FLAG, {"context": {"targetingKey": new}}).json()
    assert after["reason"] == "SPLIT"


def bandit_of_persons() -> Trial:
    now = datetime.now(UTC)
    bandit = draft(
        [Metric("Revenue", "revenue", "primary")], unit="person", deals="bandit", decides="fixed",
        ends_on=now.date() + 5 * DAY,
    )  # fmt: skip
    return trial_start(trial=bandit.pk, at=now)


def test_a_program_waits_as_usual_and_is_told_that_nothing_was_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "impatient", None)
    trial = bandit_of_persons()
    person = Person.objects.create(name="Ana", created_at=START, changed_at=START).pk
    client = client_of("marketer")

    def send(path: str, said: dict[str, Any]) -> tuple[int, Any]:
        answer = client.post(f"/api/{path}", json.dumps(said), content_type="application/json")
        return answer.status_code, answer.json()

    shown = "trials/headline/shown", {"persons": [person]}
    assert send("ofrep/v1/evaluate/flags", {"context": {}})[0] == 200
    with hurried(), locked("zoco_trials_trialunit"):
        told = send(*shown)
        asked = send("ofrep/v1/evaluate/flags/headline", {"context": {"targetingKey": str(person)}})

    assert (told[0], told[1]["error"]["code"]) == (503, "busy")
    assert "Nothing was recorded; send the same again" in told[1]["error"]["message"]
    assert (asked[0], asked[1]["errorCode"]) == (503, "GENERAL")
    assert not TrialUnit.objects.exists()
    assert send(*shown) == (200, {"recorded": 1, "unknown": 0})
    assert TrialUnit.objects.get().trial_id == trial.pk


@pytest.mark.parametrize("is_within", [False, True])
def test_the_short_patience_is_over_with_its_transaction(is_within: bool) -> None:
    trial, usual = bandit_of_persons(), waits()
    during: list[str] = []

    with CaptureQueriesContext(connection) as asked:
        if is_within:
            with transaction.atomic():
                dealt_arm(trial, 7, micros(datetime.now(UTC)), is_page=True)
                during.append(waits())
        else:
            dealt_arm(trial, 7, micros(datetime.now(UTC)), is_page=True)

    assert during == [usual] * is_within
    assert waits() == usual
    if connection.vendor == "postgresql":  # a setting of the session would be another's behind a pooler
        said = [each["sql"] for each in asked.captured_queries if "lock_timeout" in each["sql"]]
        assert said[1:] == ["SELECT set_config('lock_timeout', '1000', true)"] + [
            f"SELECT set_config('lock_timeout', '{usual}', true)", "SHOW lock_timeout",
        ] * is_within  # fmt: skip


def test_what_breaks_a_database_is_not_called_busy_and_costs_no_page(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(services, "WAIT_SECONDS", 0.05)
    trial = bandit_of_persons()
    at = micros(datetime.now(UTC))
    with locked("zoco_trials_trialunit"), caplog.at_level(logging.WARNING, "zoco.trials"):
        assert dealt_arm(trial, 7, at, is_page=True) is None
    busy = [(each.levelname, each.message) for each in caplog.records]
    caplog.clear()
    read_only = {"sqlite": "PRAGMA query_only = 1", "postgresql": "SET default_transaction_read_only = on"}

    with connection.cursor() as cursor:
        cursor.execute(read_only[connection.vendor])
    try:
        with caplog.at_level(logging.WARNING, "zoco.trials"):
            assert dealt_arm(trial, 7, at, is_page=True) is None
        with pytest.raises(Error) as broken:
            dealt_arm(trial, 7, at)
    finally:
        connection.close()

    assert [level for level, _said in busy] == ["WARNING"]
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    assert "takes nothing" in caplog.records[0].message
    assert not services.is_busy(broken.value)
