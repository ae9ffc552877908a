"""Changes on ClickHouse: erasing, retention, re-classification, backup; through its client."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoco.ledger.store.base import Erasure, Store
from zoco.ledger.store.duckdb.writing.changing import ChangeRefused
from zoco.ledger.tests.store import chdb
from zoco.ledger.tests.store.clickhouse_facts import MINUTE, START, load, paths, view


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def store(spool: Path) -> Iterator[Store]:
    opened = chdb.opened(spool)
    yield opened
    opened.close()


def test_erased_facts_are_gone_and_do_not_come_back(store: Store, spool: Path) -> None:
    facts = [view(1, user_agent="planted"), view(2, at=1, visitor=8), view(3, at=2, visitor=9, person=5)]
    load(store, spool, *facts)

    gone = store.erase(Erasure(at=START + 10 * MINUTE, site=1, visitors=(7,), persons=(5,)))
    again = load(store, spool, *facts, view(4, at=3), view(5, at=11))

    assert gone == 2
    assert (again.erased, again.repeated, again.added) == (3, 1, 1)
    assert paths(store, "visitor") == [(8,), (7,)]
    assert store.query("SELECT count() AS n FROM evidence").to_pylist() == [{"n": 0}]


def test_an_erasure_of_another_site_leaves_this_one(store: Store, spool: Path) -> None:
    load(store, spool, view(1))

    assert store.erase(Erasure(at=START + MINUTE, site=2, visitors=(7,))) == 0
    assert load(store, spool, view(2, at=0)).added == 1
    assert store.erase(Erasure(at=START + MINUTE, site=0, visitors=(7,))) == 2
    assert load(store, spool, view(3, at=0)).erased == 1


def test_retention_drops_what_is_older(store: Store, spool: Path) -> None:
    load(store, spool, view(1), view(2, at=100), view(3, site=2))

    assert store.retain(1, START + 100 * MINUTE) == 1
    assert paths(store, "site") == [(2,), (1,)]


def test_reclassified_facts_carry_a_newer_version(store: Store, spool: Path) -> None:
    facts = [view(1, path="/a"), view(2, at=1, path="/b")]
    load(store, spool, *facts)
    changes = pa.table(
        {
            "id": [facts[0].id],
            "occurred_at": pa.array([facts[0].occurred_at], pa.timestamp("us")),
            "verdict": ["bot"],
            "reason": ["Testbot"],
        }
    )

    assert store.reclassify(1, changes) == 1

    assert paths(store, "path, verdict, reason, row_version") == [
        ("/a", "bot", "Testbot", 1),
        ("/b", "human", "", 0),
    ]


def test_touch_values_that_change_settle_the_session_again(store: Store, spool: Path) -> None:
    facts = [view(1, path="/a"), view(2, at=1, path="/b", source="old", channel="referral")]
    load(store, spool, *facts)
    changes = pa.table(
        {
            "id": [facts[0].id],
            "occurred_at": pa.array([facts[0].occurred_at], pa.timestamp("us")),
            "source": ["claude.ai"],
            "channel": ["ai_assistant"],
        }
    )

    store.reclassify(1, changes)

    assert paths(store, "path, source, channel") == [
        ("/a", "claude.ai", "ai_assistant"),
        ("/b", "claude.ai", "ai_assistant"),
    ]
    load(store, spool, view(3, at=2, path="/c"))
    assert paths(store, "source") == [("claude.ai",)] * 3


def test_columns_as_they_were_written_are_not_worked_out_again(store: Store) -> None:
    changes = pa.table({"id": ["x"], "occurred_at": pa.array([0], pa.timestamp("us")), "amount": [1]})

    with pytest.raises(ChangeRefused, match="amount cannot be set again"):
        store.reclassify(1, changes)


def test_the_version_grows_with_every_change(store: Store, spool: Path) -> None:
    versions = [store.version()]
    load(store, spool, view(1))
    versions.append(store.version())
    store.retain(1, START + MINUTE)
    versions.append(store.version())

    assert versions[0] == 0
    assert versions == sorted(set(versions))


def test_a_backup_holds_the_newest_rows(store: Store, spool: Path, tmp_path: Path) -> None:
    load(store, spool, view(1, at=20, path="/b"))
    load(store, spool, view(2, path="/a"))
    store.compact()

    made = store.backup(tmp_path / "copy")

    assert [path.name for path in made][:2] == ["facts.parquet", "evidence.parquet"]
    assert sorted(pq.read_table(made[0]).column("landing").to_pylist()) == ["/a", "/a"]


def test_rows_come_in_batches(store: Store, spool: Path) -> None:
    load(store, spool, view(1, path="/a"))

    assert store.stream("SELECT path FROM facts").read_all().to_pylist() == [{"path": "/a"}]
    assert store.stream("SELECT path FROM facts WHERE site = 9").read_all().to_pylist() == []
    assert store.stream("SELECT path FROM facts WHERE site = 9").schema.names == ["path"]


def test_what_is_left_of_a_shared_session_keeps_no_entry_of_the_erased(store: Store, spool: Path) -> None:
    load(
        store,
        spool,
        view(1, path="/theirs", campaign="planted", channel="referral"),
        view(2, at=1, visitor=8, visitor_before=7, path="/named"),
        view(3, at=2, visitor=8, path="/kept"),
        view(4, at=3, visitor=8, path="/also"),
    )
    assert paths(store, "path, campaign, landing")[2] == ("/kept", "planted", "/theirs")

    gone = store.erase(Erasure(at=START + 10 * MINUTE, visitors=(7,)))

    assert gone == 2
    assert paths(store, "path, campaign, landing, channel") == [
        ("/kept", "", "/kept", "direct"),
        ("/also", "", "/kept", "direct"),
    ]
    assert len(set(paths(store, "session"))) == 1
