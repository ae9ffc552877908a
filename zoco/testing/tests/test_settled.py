"""The ledger's sessions of the simulated company are its true visits."""

from collections import defaultdict
from pathlib import Path

from zoco.ledger.spool import SpoolFolder
from zoco.ledger.store.duckdb.engine import Engine
from zoco.testing.company import company_write
from zoco.testing.tests.conftest import PLAN, Company


def test_settled_sessions_are_the_true_visits(company: Company, tmp_path: Path) -> None:
    company_write(PLAN, tmp_path / "spool", "demo")
    spool = SpoolFolder(tmp_path / "spool")
    engine = Engine(
        tmp_path / "ledger.duckdb", spool=spool, memory="500MB", threads=2, temp=tmp_path / "temp"
    )
    try:
        drained = engine.load(spool.closed())
        rows = engine.reader(
            "SELECT CAST(id AS VARCHAR) AS id, session, channel, landing FROM facts"
        ).read_all()
    finally:
        engine.close()
    settled = {row["id"]: row for row in rows.to_pylist()}

    assert (drained.added, drained.aside, drained.repeated) == (len(company.facts), 0, 0)
    sessions: dict[tuple[int, int], set[int]] = defaultdict(set)
    visits: dict[int, set[tuple[int, int]]] = defaultdict(set)
    first = {}
    for fact, visit in zip(company.facts, company.visits, strict=True):
        if visit is None:
            continue
        row = settled[fact.id]
        sessions[visit].add(row["session"])
        visits[row["session"]].add(visit)
        if visit not in first and fact.name == "web.page.viewed":
            first[visit] = fact
        assert (row["channel"], row["landing"]) == (first[visit].channel, first[visit].path)
    assert all(len(found) == 1 for found in sessions.values())
    assert all(len(found) == 1 for found in visits.values())
    assert len(sessions) == company.truth.visits
    assert 0 not in visits
