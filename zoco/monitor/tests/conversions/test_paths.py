"""Paths held against everybody's facts looked at one by one, on both engines."""

from collections import Counter
from collections.abc import Iterator

import pytest

from zoco.ledger import expr
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE
from zoco.monitor.reports.conversions.defined import Definition
from zoco.monitor.reports.conversions.touches import paths
from zoco.monitor.tests.conversions.walked import BY_BROWSER, BY_PERSON, PERIOD, Walk, made, walks

FACTS = made(1, 160)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("paths"), FACTS) as opened:
        yield opened


def found(store: Store, definition: Definition, by: str = "channel") -> Counter[Walk]:
    table = paths(Facts(SITE, PERIOD), definition, by)
    counted: Counter[Walk] = Counter()
    for row in store.query(expr.to_sql(table, store.dialect)).to_pylist():
        count = row.pop("count")
        row |= {name: tuple(row[name]) for name in ("path", "at")}
        counted[Walk(**row)] += count
    return counted


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("definition", [BY_PERSON, BY_BROWSER])
@pytest.mark.parametrize("by", ["channel", "source"])
def test_every_path_is_as_walked(
    stores: dict[str, Store], engine: str, definition: Definition, by: str
) -> None:
    seen = found(stores[engine], definition, by)

    assert seen == Counter(walks(FACTS, definition, by))
    assert sum(seen.values()) > 100


def test_whose_visit_a_conversion_is_part_of_is_sought_once() -> None:
    """Ibis writes a join twice that is filtered for one of its uses; the rows are the same, but later."""
    said = expr.to_sql(paths(Facts(SITE, PERIOD), BY_PERSON, "channel"), "duckdb")

    assert said.count("SEMI JOIN") == 1
