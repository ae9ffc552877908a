"""Working derived columns out again: today's rules over the history, from evidence only."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from zoco.collector.again import classify_again
from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb import questions
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.sites.published import PublishedSite
from zoco.sites.sources.own import OwnNetwork, OwnRule, OwnSources

SITE = PublishedSite(id=1, slug="shop", name="Shop", zone="UTC", currency="EUR", hostnames=("shop.example",))
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
MINUTE = 60_000_000


def view(key: int, *, visitor: int, at: int = 0, **more: str) -> Fact:
    return Fact(
        id=uuid8(key),
        site=1,
        name="web.page.viewed",
        origin="tracker",
        occurred_at=1_700_000_000_000_000 + at,
        visitor=visitor,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    facts = [
        view(1, visitor=1, user_agent=GOOGLEBOT, browser="Firefox"),
        view(2, visitor=2, user_agent=FIREFOX, referrer="https://www.google.com/",
             referrer_host="www.google.com", source="google.com", medium="referral", channel="referral"),
        view(3, visitor=2, at=MINUTE, user_agent=FIREFOX),
        view(4, visitor=3, verdict="bot", reason="kept"),
        view(6, visitor=5, at=-62_000_000_000_000_000, user_agent=FIREFOX),
        view(5, visitor=4, user_agent=FIREFOX, source="letter", medium="email", channel="old"),
    ]  # fmt: skip
    with BulkSegment(tmp_path / "spool", "test") as bulk:
        bulk.write(b"".join(schema.encoder.encode(fact) + b"\n" for fact in facts))
    store = DuckStore(tmp_path, lead=True)
    store.drain()
    yield store
    store.close()


def facts_of(store: Store) -> dict[int, tuple[str, ...]]:
    rows = store.query("SELECT * FROM facts ORDER BY visitor, occurred_at").to_pylist()
    columns = ("verdict", "reason", "browser", "source", "medium", "channel")
    return {int(row["visitor"]): tuple(row[name] for name in columns) for row in rows}


def test_verdict_device_and_source_follow_todays_rules(store: Store) -> None:
    done = classify_again(store, site=SITE)

    assert (done.facts, done.without_evidence) == (6, 1)
    found = facts_of(store)
    assert found[1][:2] == ("bot", "Googlebot")
    assert found[2] == ("human", "", "Firefox", "google", "organic", "organic_search")
    assert found[3][:2] == ("bot", "kept")
    assert found[4][3:] == ("letter", "email", "email")


def test_many_facts_are_read_and_changed_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "BATCH_ROWS", 2_048)
    count = 5_000
    with BulkSegment(tmp_path / "spool", "test") as bulk:
        facts = [view(key, visitor=key, at=key, user_agent=GOOGLEBOT) for key in range(1, count + 1)]
        bulk.write(b"".join(schema.encoder.encode(fact) + b"\n" for fact in facts))
    store = DuckStore(tmp_path, lead=True)
    store.drain()
    sizes: list[int] = []
    change = store.reclassify

    def counted(site: int, changes: pa.Table) -> int:
        sizes.append(changes.num_rows)
        return change(site, changes)

    monkeypatch.setattr(store, "reclassify", counted)

    assert classify_again(store, site=SITE).changed == count
    assert sum(sizes) == count
    assert max(sizes) <= 2_048
    assert set(facts_of(store).values()) == {("bot", "Googlebot", "Googlebot", "", "", "direct")}
    store.close()


def test_second_run_changes_nothing(store: Store) -> None:
    classify_again(store, site=SITE)

    assert classify_again(store, site=SITE).changed == 0


def test_trial_counts_and_changes_nothing(store: Store) -> None:
    before = facts_of(store)

    assert classify_again(store, site=SITE, is_trial=True).changed == 5
    assert facts_of(store) == before


def test_what_a_site_adds_reaches_the_past(store: Store) -> None:
    own = OwnSources(
        (OwnRule("Letters", source="letter"),),
        (OwnNetwork("google.com", "my google", "shopping"),),
        (("google.com", "my google"),),
    )
    gone = OwnSources(former=own.former)

    done = classify_again(store, site=msgspec.structs.replace(SITE, sources=own))
    again = classify_again(store, site=msgspec.structs.replace(SITE, sources=own))

    found = facts_of(store)
    assert found[4][3:] == ("letter", "email", "Letters")
    assert found[2][3:] == ("my google", "referral", "organic_shopping")
    assert done.changed > 0
    assert again.changed == 0
    assert classify_again(store, site=msgspec.structs.replace(SITE, sources=gone)).changed == 2
    assert facts_of(store)[4][3:] == ("letter", "email", "email")
    assert facts_of(store)[2][3:] == ("google", "organic", "organic_search")
