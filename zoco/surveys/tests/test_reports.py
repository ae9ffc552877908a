"""The reports on surveys, counted by hand, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.question import Question
from zoco.ledger.report import ParameterWrong, report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.tests.reports.made import SITE, fact
from zoco.people.models import NUMBER_BASE
from zoco.surveys import naming
from zoco.surveys.facts import SAID, SHOWN
from zoco.surveys.naming import Named

NOW = datetime(2026, 4, 10, tzinfo=UTC)
PERIOD = "2026-03-01..2026-03-31"
ANA, BEA, CARL = (NUMBER_BASE | number for number in (1, 2, 3))


def said(day: int, who: dict[str, Any], question: str, kind: str, score: int = 0, **more: Any) -> Fact:
    props = {"question": question, "kind": kind, "way": more.pop("way", "page")}
    props |= {"score": score} if kind in ("nps", "csat") else {}
    given: dict[str, Any] = {
        "name": SAID,
        "origin": "server",
        "subject_kind": "survey",
        "subject": "spring",
        "props": props,
    }
    given |= {"language": "en"} | who | more
    visitor = given.pop("visitor", 0)
    return fact(f"2026-03-{day:02} 12:00:00", visitor, f"{question}{score}{who}{more}", **given)


def seen(day: int, who: dict[str, Any], **more: Any) -> Fact:
    return said(day, who, "", "", name=SHOWN, **more)


def person(number: int) -> dict[str, Any]:
    return {"person": number, "verdict": "server", "channel": "email"}


def browser(number: int) -> dict[str, Any]:
    return {"visitor": number}


FACTS = [
    # Ana, Bea and Carl by their letters; Ana saw it twice, Carl without scripts
    seen(2, person(ANA), way="letter"), seen(3, person(ANA), way="letter"),
    seen(3, person(BEA), way="letter"),
    said(3, person(ANA), "q1", "nps", 10, way="letter"), said(3, person(BEA), "q1", "nps", 6, way="letter"),
    said(10, person(CARL), "q1", "nps", 9, way="letter"),
    # browsers on the page: four saw it, two answered, one of them in Spanish
    *(seen(4, browser(number)) for number in (11, 12, 13)), seen(4, browser(14), language="es"),
    said(4, browser(11), "q1", "nps", 8), said(4, browser(14), "q1", "nps", 0, language="es"),
    said(4, browser(11), "q2", "csat", 5), said(4, browser(14), "q2", "csat", 3, language="es"),
    said(5, browser(11), "q3", "text"),
    # a bot, another survey, and what came before
    said(4, browser(90) | {"verdict": "bot"}, "q1", "nps", 0),
    said(4, browser(12), "q1", "nps", 10, subject="other"),
    fact("2026-02-20 12:00:00", 12, "x", name=SAID, subject="spring", subject_kind="survey",
         props={"question": "q1", "kind": "nps", "score": 0}),
]  # fmt: skip
NAMED = (
    Named("spring", "Spring\t2026", "q1", "1. Recommend?", is_scale=True),
    Named("spring", "Spring\t2026", "q2", "2. Satisfied?", is_scale=True),
    Named("spring", "Spring\t2026", "q3", "3. O'Neil\\ says: 好", is_scale=False),
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    site = replace(SITE, counting="tracker")
    with engines.both(tmp_path_factory.mktemp("surveys"), FACTS, [site]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "_providers", [lambda site: NAMED])


def answered(store: Store, key: str, least: int = 0, **address: Any) -> Any:
    report = report_named(key)
    asked = Question.from_address({"period": PERIOD, "compare": "none", **address}, report=report, now=NOW)
    asked = replace(asked, guard=Guard(least)) if least else asked
    return ask(report, asked, store=store, now=NOW)


def rows(store: Store, **address: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    found = answered(store, "surveys", 0, **address).rows
    return {tuple(map(str, row.key.values())): dict(row.values) for row in found}


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_scores_and_rates_are_those_counted_by_hand(stores: dict[str, Store], engine: str) -> None:
    found = rows(stores[engine])

    assert set(found) == {
        ("Spring 2026", "1. Recommend?"), ("Spring 2026", "2. Satisfied?"), ("other", "q1"),
        ("Spring 2026", "3. O'Neil\\ says: 好"),
    }  # fmt: skip
    first = found["Spring 2026", "1. Recommend?"]
    assert (first["answers"], first["people"], first["promoters"], first["detractors"]) == (5, 5, 2, 2)
    assert first["nps"] == 0.0
    # (2.75 + 2.75) / 8 = .6875; 1.959964 * sqrt(.6875 / 8) = .574565
    assert first["nps_low"] == pytest.approx(-57.4565, abs=1e-4)
    assert first["nps_high"] == pytest.approx(57.4565, abs=1e-4)
    assert (first["satisfied"], first["satisfied_low"]) == (None, None)
    # Ana, Bea and four browsers saw it; of these Ana, Bea and two browsers answered. Wilson of 4 of 6.
    assert (first["seen"], first["response"]) == (6, pytest.approx(4 / 6))
    assert (first["response_low"], first["response_high"]) == pytest.approx((0.299995, 0.903229), abs=1e-5)
    second = found["Spring 2026", "2. Satisfied?"]
    assert (second["answers"], second["satisfied"], second["nps"], second["promoters"]) == (
        2,
        0.5,
        None,
        None,
    )
    assert second["response"] == pytest.approx(2 / 6)
    other = found["other", "q1"]
    assert (other["nps"], other["seen"], other["response"]) == (100.0, None, None)
    assert other["nps_high"] == pytest.approx(98.4986, abs=1e-4)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_answers_are_told_apart_and_narrowed(stores: dict[str, Store], engine: str) -> None:
    by_way = rows(stores[engine], by="way", survey="spring")
    by_language = rows(stores[engine], by="language", survey="spring")
    by_channel = rows(stores[engine], by="channel", **{"f.language": "en"})

    key = ("Spring 2026", "1. Recommend?")
    assert {way: (row["answers"], row["seen"], row["response"]) for (*_q, way), row in by_way.items()
            if tuple(_q) == key} == {"letter": (3, 2, 1.0), "page": (2, 4, 0.5)}  # fmt: skip
    assert {name: row["nps"] for (*_q, name), row in by_language.items() if tuple(_q) == key} == {
        "en": 25.0, "es": -100.0,
    }  # fmt: skip
    assert {name: row["answers"] for (*_q, name), row in by_channel.items() if tuple(_q) == key} == {
        "email": 3, "direct": 1,
    }  # fmt: skip


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_scores_over_time_have_none_where_nobody_answered(stores: dict[str, Store], engine: str) -> None:
    whole = answered(stores[engine], "surveys-over-time", grain="week")
    one = answered(stores[engine], "surveys-over-time", grain="month", question="spring:q2")

    weeks = [(row.values["answers"], row.values["nps"]) for row in whole.rows]
    assert weeks == [(0, None), (5, pytest.approx(0.0)), (1, 100.0), (0, None), (0, None), (0, None)]
    assert whole.overall["answers"] == 6
    assert whole.overall["nps"] == pytest.approx(100 / 6)
    assert [(row.values["satisfied"], row.values["nps"]) for row in one.rows] == [(0.5, None)]


def test_strangers_are_shown_no_row_of_few(stores: dict[str, Store]) -> None:
    found = answered(stores["duckdb"], "surveys", least=3)

    assert [str(row.key["question"]) for row in found.rows] == ["1. Recommend?"]
    assert found.hidden_rows == 3
    assert not {"promoters", "detractors", "response"} & set(found.rows[0].values)


def test_what_a_site_never_asked_is_refused_in_words(stores: dict[str, Store]) -> None:
    for key, name in (("surveys", "survey"), ("surveys-over-time", "question")):
        with pytest.raises(ParameterWrong, match="no such survey"):
            answered(stores["duckdb"], key, 0, **{name: "gone:q9"})
