"""The report on recency, frequency and money: on both engines, as the page of scores has it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.http import QueryDict
from django.utils.translation import override

from zoco.kit.periods import Period, micros
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.names import names_of
from zoco.ledger.pictures.sheets.sheet import sheet_of
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.views.address import Address
from zoco.ledger.views.tables import paged
from zoco.research.purchases import Bought
from zoco.research.scores.scoring import SEGMENTS, Scale, scored
from zoco.research.tests.bought import SITE, back, order, orders_made
from zoco.sites import reads as sites
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, tzinfo=UTC)
PERIOD = Period.parse("2026-01-01..2026-03-31", SITE.zone)


def crowd() -> list[Fact]:
    """Return orders of 60 people, many of whom bought once and for the same money, some given back."""
    rng, found = np.random.default_rng(4), []
    for person in range(10, 70):
        for number in range(int(rng.integers(1, 2 + person % 6))):
            at = f"2026-{rng.integers(1, 4):02}-{rng.integers(1, 29):02} {rng.integers(8, 20):02}:00:00"
            money = str(rng.choice([10, 20, 20, 35.5]))
            found.append(order(at, person, f"{person}-{number}", money))
            if rng.random() < 0.1:
                found.append(back("2026-03-30 20:00:00", f"{person}-{number}", money))
    return found


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with engines.both(tmp_path_factory.mktemp("rfm"), [*orders_made(), *crowd()], [SITE]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def site() -> Iterator[None]:
    Site.objects.create(pk=1, slug="shop", name="Shop", zone=SITE.zone, currency="EUR")
    sites.forget()
    yield
    sites.forget()


def answered(store: Store, **address: str) -> dict[str, dict[str, Any]]:
    report = report_named("rfm")
    asked = {"period": str(PERIOD), "compare": "none", **address}
    answer = ask(report, Question.from_address(asked, report=report, now=NOW), store=store, now=NOW)
    return {str(row.key["rfm_segment"]): dict(row.values) for row in answer.rows}


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_segments_are_those_of_the_scores_computed_apart(stores: dict[str, Store], engine: str) -> None:
    found = answered(stores[engine])

    bought = Bought.of(site=SITE, period=PERIOD, store=stores["duckdb"])
    until = micros(datetime(2026, 3, 31, 22, tzinfo=UTC))  # midnight in Madrid
    apart = scored(bought, Scale(), until)
    keys = np.array(list(SEGMENTS))[apart.segments]
    assert len(set(keys)) > 4
    assert set(found) == set(keys)
    for key, row in found.items():
        its = keys == key
        assert row["people"] == its.sum()
        assert row["purchases"] == bought.purchases[its].sum()
        assert row["spent"] == Decimal(str(bought.money[its].sum()))
        assert row["spent_each"] == pytest.approx(
            Decimal(str(bought.money[its].mean())), abs=Decimal("0.0001")
        )
        assert row["since_days"] == pytest.approx(apart.since_days[its].mean(), abs=0.051)


def test_segments_have_the_names_of_the_trade(stores: dict[str, Store]) -> None:
    report = report_named("rfm")
    question = Question.from_address({"period": str(PERIOD)}, report=report, now=NOW)
    answer = ask(report, question, store=stores["duckdb"], now=NOW)

    named = names_of(SITE, report.dimensions, answer.rows)["rfm_segment"]

    assert named["champions"] == "Champions"
    assert set(named) == {row.key["rfm_segment"] for row in answer.rows}


def test_people_read_names_of_segments_and_no_keys(stores: dict[str, Store]) -> None:
    report = report_named("rfm")
    question = Question.from_address({"period": str(PERIOD)}, report=report, now=NOW)
    answer = ask(report, question, store=stores["duckdb"], now=NOW)

    with override("ru"):
        table = paged(answer, Address(QueryDict(), "zoco_ledger"), can_view_facts=False)
        grid = sheet_of("", [answer], filters="", made_at=NOW, rows_most=50).sections[0].grid
        names = {str(SEGMENTS[str(row.key["rfm_segment"])]) for row in answer.rows}

    assert grid is not None
    assert {line[0] for line in grid.rows} == {line.names[0].label for line in table.lines} == names
    assert {line.names[0].code for line in table.lines} == {""}
    assert "Лучшие" in names
