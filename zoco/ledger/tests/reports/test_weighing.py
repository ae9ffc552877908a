"""Steps of statements are joined by the weights that Ibis gives them."""

import sys
from typing import Any

import ibis.expr.operations as ops
import pytest
from ibis.backends.sql import rewrites

from zoco.ledger.asking.statements import weighing
from zoco.ledger.report import reports_all
from zoco.ledger.tests.reports.written import PERIODS, asked_of, written


def by_ibis(node: Any) -> Any:
    """Return what Ibis 12 says of a node: it counts what is below, but for what is below fields."""

    def counted(part: Any, *below: int) -> int:
        if isinstance(part, ops.Field):
            return 1
        return sys.maxsize if isinstance(part, ops.Impure) else 1 + sum(below)

    return node.map_nodes(counted)[node]


def test_each_step_weighs_what_it_weighs_in_ibis(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed = []

    def both(node: Any) -> int:
        found = weighing.complexity(node)
        weighed.append((found, by_ibis(node)))
        return found

    assert rewrites.complexity is weighing.complexity
    monkeypatch.setattr(rewrites, "complexity", both)
    for report in reports_all():
        written(asked_of(report, "Europe/Madrid", PERIODS[1], "duckdb"))

    assert len(weighed) > 500
    assert [found for found, _ in weighed] == [by for _, by in weighed]
    assert weighing._weighed.known == {}
