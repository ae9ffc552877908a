"""Who is joined to whom, counted by hand on both engines: proofs, merges, their undoing, their end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import Period
from zoco.ledger.expr import to_sql
from zoco.ledger.schema import VERDICTS, Fact
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Erasure, Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.joins import JOINED, MERGED, PARTED, UNJOINED, everything_of
from zoco.ledger.tests.reports.made import PERIOD, SITE, ZONE, fact, load
from zoco.ledger.tests.store.chdb import opened

Told = Callable[..., dict[str, int]]


@pytest.fixture(params=["duckdb", "clickhouse"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = DuckStore(tmp_path, lead=True) if request.param == "duckdb" else opened(tmp_path / "spool")
    yield made
    made.close()


@pytest.fixture
def told(store: Store, tmp_path: Path) -> Told:
    """Return a function that loads facts and returns the person of each page by its path."""

    def tell(*facts: Fact) -> dict[str, int]:
        if facts:
            load(tmp_path, facts)
        store.drain()
        seen = Facts(SITE, Period.parse(PERIOD, ZONE), verdicts=VERDICTS)
        rows = seen.known(seen.rows).filter(lambda each: each.name == "web.page.served")
        found = store.query(to_sql(rows.select("path", "person"), store.dialect)).to_pylist()
        assert len({row["path"] for row in found}) == len(found)
        return {row["path"]: row["person"] for row in found}

    return tell


def page(at: str, path: str, known: int, person: int = 0) -> Fact:
    return fact(f"2026-03-28 {at}", 1, path, known=known, person=person)


def says(at: str, name: str, known: int = 0, person: int = 0, subject: str = "") -> Fact:
    more: dict[str, Any] = (
        {"subject": subject, "subject_kind": "person", "site": 0} if name in (MERGED, PARTED) else {}
    )
    made = fact(f"2026-03-28 {at}", 0, "", name=name, known=known, person=person, origin="server", **more)
    made.id = uuid8(made.occurred_at, name.encode(), known, person)
    return made


def test_nobody_without_a_proof_is_a_person(told: Told) -> None:
    assert told(page("10:00:00", "/a", 500), page("10:01:00", "/b", 0)) == {"/a": 0, "/b": 0}


def test_proof_reaches_back_and_forward_for_one_browser_alone(told: Told) -> None:
    found = told(
        page("10:00:00", "/before", 500),
        says("11:00:00", JOINED, 500, 7),
        page("12:00:00", "/after", 500),
        page("12:00:00", "/other", 600),
        page("12:00:00", "/unknown", 0),
    )

    assert found == {"/before": 7, "/after": 7, "/other": 0, "/unknown": 0}


def test_facts_of_any_order_join_alike(told: Told) -> None:
    pages = [page(f"{hour}:30:00", f"/{hour}", 500) for hour in (10, 11, 12, 13)]
    proofs = [says(f"{hour}:00:00", JOINED, 500, person) for hour, person in ((11, 7), (12, 8), (13, 7))]

    told(proofs[2])
    told(*pages, proofs[1])

    assert told(proofs[0]) == {"/10": 7, "/11": 7, "/12": 8, "/13": 7}


def test_fact_that_names_its_person_goes_before_the_last_proof(told: Told) -> None:
    assert told(says("10:00:00", JOINED, 500, 7), page("11:00:00", "/a", 500, 8)) == {"/a": 8}


def test_what_is_taken_back_never_was(told: Told) -> None:
    told(page("10:30:00", "/a", 500), says("10:00:00", JOINED, 500, 7), says("11:00:00", JOINED, 500, 8))

    assert told(says("12:00:00", UNJOINED, 500, 8)) == {"/a": 7}
    assert told(says("13:00:00", UNJOINED, 500, 7)) == {"/a": 0}
    assert told(says("10:10:00", JOINED, 500, 8)) == {"/a": 0}  # comes late, and is of before
    assert told(says("14:00:00", JOINED, 500, 8)) == {"/a": 8}


def test_joined_taken_back_and_joined_again_within_an_hour_is_joined(store: Store, told: Told) -> None:
    told(page("10:50:00", "/a", 500), says("10:20:00", JOINED, 500, 7))
    assert told(says("10:10:00", UNJOINED, 500, 7), says("10:00:00", JOINED, 500, 7)) == {"/a": 7}

    assert everything_of(store, [7], 0)[0] == {500, 1}
    assert told(says("10:30:00", UNJOINED, 500, 7)) == {"/a": 0}
    assert told(says("10:40:00", JOINED, 500, 7)) == {"/a": 7}


def test_merges_make_one_of_several_and_can_be_undone(told: Told) -> None:
    told(page("10:00:00", "/a", 500, 7), page("10:00:00", "/b", 600, 8), page("10:00:00", "/c", 700, 9))

    told(says("11:00:00", MERGED, person=7, subject="8"))
    assert told(says("12:00:00", MERGED, person=8, subject="9")) == {"/a": 9, "/b": 9, "/c": 9}
    assert told(says("13:00:00", MERGED, person=9, subject="7")) == {"/a": 9, "/b": 9, "/c": 9}  # no ring
    assert told(says("14:00:00", PARTED, person=8)) == {"/a": 8, "/b": 8, "/c": 9}
    assert told(says("15:00:00", PARTED, person=7)) == {"/a": 7, "/b": 8, "/c": 9}


def test_erasing_a_person_reaches_the_visitors_and_the_merged(store: Store, told: Told) -> None:
    told(
        page("10:00:00", "/mine", 500),
        says("10:01:00", JOINED, 500, 7),
        says("10:01:00", JOINED, 501, 7),
        says("10:02:00", UNJOINED, 501, 7),
        fact("2026-03-28 10:00:00", 2, "/theirs", known=600),
        fact("2026-03-28 10:00:00", 3, "/others", known=501),
        says("10:01:00", JOINED, 600, 8),
        says("11:00:00", MERGED, person=7, subject="8"),
        says("11:00:00", MERGED, person=3, subject="4"),
    )

    visitors, persons = everything_of(store, [7], 0)
    assert (visitors, persons) == ({500, 600, 1, 2}, {7, 8})
    at = says("23:00:00", JOINED, 1, 1).occurred_at
    store.erase(Erasure(at=at, visitors=tuple(visitors), persons=tuple(persons)))

    assert told() == {"/others": 0}
    assert held(store, "SELECT site, known, person FROM visitor_person") == []
    assert held(store, "SELECT person, survivor FROM person_current WHERE person <> survivor") == [(3, 4)]
    late = told(says("12:00:00", JOINED, 500, 9), says("12:00:00", JOINED, 700, 7))  # of before the end
    assert late == {"/others": 0}
    assert held(store, "SELECT site, known, person FROM visitor_person") == []


def test_erased_person_is_not_left_as_the_subject_of_a_merge(store: Store, told: Told) -> None:
    told(says("11:00:00", MERGED, person=7, subject="8"), says("12:00:00", PARTED, person=7))
    at = says("23:00:00", JOINED, 1, 1).occurred_at

    assert store.erase(Erasure(at=at, site=SITE.id, persons=(8,))) == 0  # a person is of all sites
    assert store.erase(Erasure(at=at, persons=(8,))) == 1

    assert held(store, "SELECT person, name, subject FROM facts WHERE site = 0") == [(7, PARTED, "")]


def test_erasing_a_known_visitor_takes_facts_joins_and_what_comes_late(store: Store, told: Told) -> None:
    told(
        page("10:00:00", "/mine", 500),
        says("10:01:00", JOINED, 500, 7),
        page("10:02:00", "/without", 0),
        fact("2026-03-28 10:00:00", 2, "/theirs", known=600, person=7),
    )

    gone = store.erase(Erasure(at=says("12:00:00", JOINED).occurred_at, site=SITE.id, visitors=(500,)))

    assert gone == 2
    assert told() == {"/without": 0, "/theirs": 7}
    assert held(store, "SELECT DISTINCT site, known, person FROM visitor_person") == [(SITE.id, 600, 7)]
    late = told(page("11:59:00", "/late", 500), page("12:01:00", "/new", 500))
    assert late == {"/without": 0, "/theirs": 7, "/new": 0}


def test_join_goes_when_nothing_is_left_of_the_visitor(store: Store, told: Told) -> None:
    told(page("10:00:00", "/a", 500), says("10:01:00", JOINED, 500, 7))

    store.retain(SITE.id, says("11:00:00", JOINED).occurred_at)

    assert held(store, "SELECT site, known, person FROM visitor_person") == []


def held(store: Store, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in store.query(sql).to_pylist()]
