"""Each step of time of every report, on hand-counted facts, is alike on DuckDB and on ClickHouse's engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zoco.ledger import expr
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements.engines import table
from zoco.ledger.report import reports_all
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.tests.reports.made import FACTS, PERIOD
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel

NOW = datetime(2026, 4, 10, tzinfo=UTC)
FUNNEL = Funnel("Read", (Goal("Home", "page", "/"), Goal("A", "page", "/a")), 86_400)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with engines.cluster(tmp_path_factory.mktemp("cluster"), FACTS) as store:
        yield store


@pytest.mark.timeout(300)
@pytest.mark.parametrize("verdicts", ["people", "all"])
def test_reports_agree(store: Store, cluster: Store, verdicts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: FUNNEL, lambda _site: ())])
    for report in reports_all():
        grains = [name for each in report.parameters if each.name == "grain" for name, _label in each.choices]
        # Without steps tests/contracts/test_engines_agree.py asks each report over many more facts, of both.
        for grain in grains[verdicts == "all" :: 2]:  # every step, each of people or of all
            address = {"period": PERIOD, "verdicts": verdicts, "grain": grain}
            question = Question.from_address(address, report=report, now=NOW)

            ours = ask(report, question, store=store, now=NOW)
            theirs = ask(report, question, store=cluster, now=NOW)

            assert replace(theirs, sql="", seconds=0.0) == replace(ours, sql="", seconds=0.0)


def test_the_vocabulary_agrees(store: Store, cluster: Store) -> None:
    facts = table("facts").filter(table("facts").visitor == 1)
    asked = facts.aggregate(
        median=expr.quantile(facts.status, 0.5),
        first=expr.first_by(facts.path, facts),
        last=expr.last_by(facts.path, facts),
        who=expr.uniques(facts.visitor),
        text=expr.prop_text(facts, "a").max(),
        number=expr.prop_number(facts, "n").max(),
    )

    for each in (store, cluster):
        assert each.query(expr.to_sql(asked, each.dialect)).to_pylist() == [
            {"median": 200.0, "first": "/", "last": "/a", "who": 1, "text": "", "number": 0.0}
        ]
