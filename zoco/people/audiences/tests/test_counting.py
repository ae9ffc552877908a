"""Whoever fits a tree is found, and nobody else: held against plain Python, on both engines."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.many_facts import write_spool
from zoco.ledger import sitebook
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store import chdb
from zoco.people.audiences.rules import rules_read, rules_write
from zoco.people.audiences.services import rules_count
from zoco.people.audiences.tests.brute import NOW, ORDER, VIEW, World, fits, world_make

pytestmark = pytest.mark.django_db
PEOPLE, TREES = 240, 40
SITES = [
    sitebook.SiteInfo(n, f"s{n}", f"Shop {n}", "Europe/Madrid", "EUR", 0, "tracker", False) for n in (1, 2)
]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(sitebook, "_providers", [lambda: SITES])
    return world_make(PEOPLE)


@pytest.fixture(params=["duckdb", "clickhouse"])
def store(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Iterator[Store]:
    write_spool(tmp_path / "spool", world.facts)
    is_duck = request.param == "duckdb"
    made = DuckStore(tmp_path, lead=True) if is_duck else chdb.opened(tmp_path / "spool")
    made.drain()
    yield made
    made.close()


def behaviour(how: str, when: str = "ever", **more: Any) -> dict[str, Any]:
    return {"leaf": "behaviour", "fact": ORDER, "how": how, "when": when, **more}


def where(field: str, how: str, value: str) -> dict[str, Any]:
    return {"where": [{"field": field, "is": how, "value": value}]}


LEAVES: list[dict[str, Any]] = [
    {"leaf": "tag", "tag": "vip"},
    {"leaf": "attribute", "field": "own.country", "how": "is", "value": "ES|MX"},
    {"leaf": "attribute", "field": "own.language", "how": "is_not", "value": "es"},
    behaviour("did", "last", days=30),
    behaviour("never", "last", days=90),
    behaviour("least", "last", days=200, number="2"),
    behaviour("most", "before", days=100, number="1"),
    behaviour("exactly", number="3"),
    behaviour("exactly", "last", days=60, number="0"),
    behaviour("money_least", "last", days=365, number="70.5", site=1),
    behaviour("money_most", number="40"),
    behaviour("first", "last", days=300),
    behaviour("last", "before", days=30),
    behaviour("did", "last", days=120, **where("props.plan", "is", "it's")),
    behaviour("least", number="2", **where("props.items", "above", "4.5")),
    behaviour("did", site=2, **where("props.plan", "is_not", "gold")),
    {**behaviour("did", "last", days=40, **where("path", "starts", "/shop")), "fact": VIEW},
    {**behaviour("did", "last", days=9, **where("path", "contains", "t's")), "fact": VIEW},
]


def tree(rng: random.Random, leaves: int) -> Any:
    if leaves == 1:
        leaf = rng.choice(LEAVES)
        return {"not": leaf} if rng.random() < 0.2 else leaf
    parts = [tree(rng, 1) for _leaf in range(leaves - 2)] + [tree(rng, 2)] if leaves > 2 else None
    return {rng.choice(("all", "any")): parts or [tree(rng, 1), tree(rng, 1)]}


def test_members_are_those_that_fit_one_by_one(store: Store, world: World) -> None:
    rng = random.Random(7)
    trees = [*LEAVES, *(tree(rng, 4) for _tree in range(TREES))]
    sizes = set()

    for raw in trees:
        node = rules_read({"version": 1, "rules": raw})
        counted = rules_count(node, at=NOW, store=store)
        by_hand = {key for key in world.people if fits(raw, key, world)}
        sizes.add(len(by_hand))

        assert set(counted.people) == by_hand, raw
        assert counted.counts[()] == len(by_hand)
        assert rules_read(rules_write(node)) == node

    assert len(sizes) > len(trees) // 3
