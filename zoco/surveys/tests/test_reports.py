"""The reports on surveys, counted by hand, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace as replace_props

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
PERIOD, FEBRUARY = "2026-03-01..2026-03-31", "2026-02-01..2026-02-28"
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
    visitor, month = given.pop("visitor", 0), given.pop("month", 3)
    return fact(f"2026-{month:02}-{day:02} 12:00:00", visitor, f"{question}{score}{who}{more}", **given)


def chose(
    day: int, who: dict[str, Any], question: str, keys: list[str], kind: str = "single", **more: Any
) -> Fact:
    made = said(day, who, question, kind, len(keys), month=2, **more)
    return replace_props(made, props={**made.props, "options": keys})


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
    # in February options: of one, and of several; one of a survey whose words nobody knows any more
    chose(5, browser(11), "q4", ["1"]), chose(5, browser(14), "q4", ["2"], language="es"),
    chose(6, person(ANA), "q4", ["1"], way="letter"),
    chose(5, browser(11), "q5", ["1", "3"], "multiple"), chose(5, browser(12), "q5", ["3"], "aided"),
    chose(5, browser(12), "q1", ["12", "7"], "multiple", subject="gone"),
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
    Named(
        "spring",
        "Spring\t2026",
        "q4",
        "4. Where?",
        is_scale=False,
        options=(
            ("1", "In\ttown"),
            ("2", "Online"),
            ("3", "O'Neil's \"好\""),
        ),
    ),
    Named(
        "spring",
        "Spring\t2026",
        "q5",
        "5. What?",
        is_scale=False,
        options=(
            ("1", "Books"),
            ("2", "Papers"),
            ("3", "Nothing"),
        ),
    ),
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


def options(store: Store, **address: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    found = answered(store, "surveys-options", 0, **{"period": FEBRUARY, **address}).rows
    return {tuple(map(str, row.key.values())): dict(row.values) for row in found}


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


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_shares_of_options_are_those_counted_by_hand(stores: dict[str, Store], engine: str) -> None:
    found = options(stores[engine])

    counts = {key: (row["chosen"], row["people"], row["asked"]) for key, row in found.items()}
    assert counts == {
        ("Spring 2026", "4. Where?", "In town"): (2, 2, 3),
        ("Spring 2026", "4. Where?", "Online"): (1, 1, 3),
        ("Spring 2026", "4. Where?", "O'Neil's \"好\""): (0, 0, 3),
        ("Spring 2026", "5. What?", "Books"): (1, 1, 2),
        ("Spring 2026", "5. What?", "Papers"): (0, 0, 2),
        ("Spring 2026", "5. What?", "Nothing"): (2, 2, 2),
        ("gone", "q1", "12"): (1, 1, 1),
        ("gone", "q1", "7"): (1, 1, 1),
    }
    town = found["Spring 2026", "4. Where?", "In town"]
    # z² = 3.841459: (2 + z²/2 ± 1.959964 √(3 · 2/3 · 1/3 + z²/4)) / (3 + z²)
    assert town["share"] == pytest.approx(2 / 3)
    assert (town["share_low"], town["share_high"]) == pytest.approx((0.207659, 0.938501), abs=2e-4)
    nobody = found["Spring 2026", "4. Where?", "O'Neil's \"好\""]
    # Of nobody: 0 to z² / (n + z²).
    assert (nobody["share"], nobody["share_low"]) == (0.0, pytest.approx(0.0, abs=1e-9))
    assert nobody["share_high"] == pytest.approx(3.841459 / 6.841459, abs=1e-6)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_options_are_told_apart_and_narrowed(stores: dict[str, Store], engine: str) -> None:
    by_way = options(stores[engine], by="way", survey="spring")
    spanish = options(stores[engine], **{"f.language": "es"})
    march = options(stores[engine], period=PERIOD)

    where = {key[2:]: (row["chosen"], row["asked"]) for key, row in by_way.items() if key[1] == "4. Where?"}
    assert where == {
        ("In town", "letter"): (1, 1), ("Online", "letter"): (0, 1), ("O'Neil's \"好\"", "letter"): (0, 1),
        ("In town", "page"): (1, 2), ("Online", "page"): (1, 2), ("O'Neil's \"好\"", "page"): (0, 2),
    }  # fmt: skip
    assert {key[2]: row["share"] for key, row in spanish.items()} == {
        "In town": 0.0, "Online": 1.0, "O'Neil's \"好\"": 0.0,
    }  # fmt: skip
    assert march == {}


def test_strangers_are_shown_no_option_of_few(stores: dict[str, Store]) -> None:
    found = answered(stores["duckdb"], "surveys-options", least=2, period=FEBRUARY)

    assert [str(row.key["option"]) for row in found.rows] == ["In town", "Nothing"]
    assert set(found.rows[0].values) == {"chosen", "people"}
