"""Machines that share a PostgreSQL use the same salts and keys; each is played by a folder of keys."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from tools.isolation import OTHER_DATABASE
from zoco.sites import conf, salts, shared
from zoco.sites.models import SharedKey

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Turn = Callable[[str], None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Turn:
    """Return what turns to another machine, where its name is that of its folder."""
    if connection.vendor != "postgresql":
        pytest.skip(f"With SQLite there is one machine: {OTHER_DATABASE}.")

    def turn(name: str) -> None:
        monkeypatch.setattr(conf, "keys_path", lambda: tmp_path / name)

    return turn


def test_machines_agree_whoever_is_first_and_the_late_one_knows_yesterday(machine: Turn) -> None:
    machine("one")
    first = salts.salts_kept("site", "UTC", at=NOON - DAY)
    machine("other")
    salts.salts_kept("own", "UTC", at=NOON)
    late = salts.salts_kept("site", "UTC", at=NOON)
    machine("one")
    later = salts.salts_kept("site", "UTC", at=NOON)

    assert late == later
    assert late["2026-03-09"] == first["2026-03-09"]
    assert late["2026-03-10"] == first["2026-03-10"]
    assert sorted(late) == ["2026-03-09", "2026-03-10", "2026-03-11"]
    assert len(set(late.values())) == 3


def test_key_of_imports_is_the_same_and_outlives_the_days(machine: Turn) -> None:
    machine("one")
    key = salts.import_key("site")
    salts.salts_kept("site", "UTC", at=NOON)
    machine("other")

    assert salts.import_key("site") == key
    assert len(key) == 64


def test_machine_that_had_a_key_of_its_own_takes_the_agreed_one(machine: Turn, tmp_path: Path) -> None:
    (tmp_path / "other" / "site").mkdir(parents=True)
    (tmp_path / "other" / "site" / "salt-2026-03-10").write_text("ab" * 16)
    machine("one")
    agreed = salts.salts_kept("site", "UTC", at=NOON)
    machine("other")

    assert salts.salts_kept("site", "UTC", at=NOON) == agreed
    assert (tmp_path / "other" / "site" / "salt-2026-03-10").read_text() == agreed["2026-03-10"]


def test_row_of_a_day_goes_with_its_salt_and_shows_no_salt(machine: Turn) -> None:
    machine("one")
    known = salts.salts_kept("site", "UTC", at=NOON)
    rows = {row.name: row.sealed for row in SharedKey.objects.all()}
    salts.salts_kept("site", "UTC", at=NOON + 2 * DAY)

    assert rows.keys() == {"salt-2026-03-10", "salt-2026-03-11"}
    assert not set(rows.values()) & set(known.values())
    assert set(SharedKey.objects.values_list("name", flat=True)) == {
        "salt-2026-03-11",
        "salt-2026-03-12",
        "salt-2026-03-13",
    }


def test_rows_of_a_deleted_site_go(machine: Turn) -> None:
    machine("one")
    salts.import_key("site")
    kept = salts.import_key("stays")
    salts.keys_forget("site")

    assert list(SharedKey.objects.values_list("site_key", flat=True)) == ["stays"]
    assert salts.import_key("stays") == kept


def test_other_secret_key_is_said_and_each_goes_on_alone(
    machine: Turn, settings: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    machine("one")
    key = salts.import_key("site")
    machine("other")
    settings.SECRET_KEY = "another machine's secret, which is not that of the first"  # type: ignore[attr-defined]
    shared._say_unreadable.cache_clear()

    with caplog.at_level(logging.ERROR):
        alone = [salts.import_key("site") for _ in range(2)]

    assert alone[0] == alone[1] != key
    assert caplog.text.count("SECRET_KEY") == 1
