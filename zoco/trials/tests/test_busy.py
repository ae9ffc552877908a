"""A database that takes nothing just now keeps nobody from a page: he gets the control, and is told of."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from zoco.ledger import spool
from zoco.trials.designs import Metric
from zoco.trials.keeping import services
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, draft
from zoco.trials.tests.test_remote import FLAG, _site, ask  # noqa: F401 - the fixture is used by itself

pytestmark = pytest.mark.django_db(transaction=True)
LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "BEGIN; LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
}


@contextmanager
def locked(*tables: str) -> Iterator[None]:
    """Let somebody else write for a long time."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(LOCKS[connection.vendor].format(", ".join(tables)))
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
    other.close()


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
