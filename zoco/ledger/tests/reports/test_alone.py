"""Pictures of reports as files: well-formed, whole in themselves, and saying what they are of."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from zoco.campaigns.reports import spent
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.alone.files import picture_asked
from zoco.ledger.pictures.alone.laying import INNER, fitted, lines, wide
from zoco.ledger.report import report_named, reports_all
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import FACTS, PERIOD, fact, ledger
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, tzinfo=UTC)
FUNNEL = Funnel("Read", (Goal("Home", "page", "/"), Goal("A", "page", "/a")), 86_400)
ODD = 'a"b<script>alert(1)</script>&\x07\ufffe' + "很长的名字" * 60
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    odd = fact("2026-03-29 10:00:00", 1, "/odd", source=ODD[:80])
    with ledger(tmp_path_factory.mktemp("alone"), [*FACTS, odd]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spent, "_providers", [])
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: FUNNEL, lambda _site: (("1", "Read"),))])


def drawn_as(store: Store, key: str, measure: str = "", filters: str = "", **address: Any) -> Element:
    report = report_named(key)
    question = Question.from_address({"period": PERIOD, **address}, report=report, now=NOW)
    text = picture_asked(
        report.turned(question.params_for(report)),
        question,
        drawn=measure,
        filters=filters,
        now=NOW,
        store=store,
    )
    root: Element = ElementTree.fromstring(text.encode())
    return root


def said(root: Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


@pytest.mark.once
def test_every_picture_is_a_file_of_its_own(store: Store) -> None:
    for report in reports_all():
        if not report.picture:
            continue
        root = drawn_as(store, report.key, verdicts="all")

        texts = said(root)
        assert root.tag == f"{SVG}svg"
        assert texts[0] == str(report.label)
        assert any("28 – 30 Mar 2026" in each.replace("\xa0", " ") for each in texts[:3])
        assert any(each.startswith("Source: Zoco") for each in texts)
        assert not [each for each in root.iter() if each.tag in (f"{SVG}script", f"{SVG}foreignObject")]
        whole = [value for each in root.iter() for name, value in each.attrib.items()]
        assert not [each for each in whole if "http" in each or "url(" in each or "javascript" in each]


def test_a_curve_draws_the_figure_that_is_asked_for(store: Store) -> None:
    visits = drawn_as(store, "traffic", "sessions")

    assert any(each.startswith("Sessions · Shop · 28") for each in said(visits))
    assert [each for each in visits.iter(f"{SVG}path") if each.get("class") == "l1"]
    assert said(drawn_as(store, "traffic", "nonsense"))[1].startswith("Visitors · ")


def test_a_funnel_has_a_bar_a_step_and_what_became_of_them(store: Store) -> None:
    texts = said(drawn_as(store, "funnel"))

    assert "1. Home" in texts
    assert any("went on" in each for each in texts)
    assert any(each.startswith("Method: Wilson (1927)") for each in texts)


def test_what_is_narrowed_is_said(store: Store) -> None:
    root = drawn_as(store, "pages", filters="Country is Spain", **{"f.country": "ES"})

    assert "Filters: Country is Spain" in said(root)


def test_names_that_visitors_wrote_stay_text(store: Store) -> None:
    root = drawn_as(store, "sources", verdicts="all")

    assert not list(root.iter(f"{SVG}script"))
    assert any('a"b<script>' in each for each in said(root))


def test_where_nothing_was_counted_it_says_so(store: Store) -> None:
    root = drawn_as(store, "traffic", period="2020-01-01..2020-01-02")

    assert "Nothing was counted in this period." in said(root)


def test_texts_are_cut_to_their_room() -> None:
    assert fitted("short", 200) == "short"
    for text in (ODD, "M" * 900, "а" * 900):
        cut = fitted(text, 200)
        assert wide(cut, 12) <= 200
        assert cut.endswith("…")
    assert len(lines("word " * 900, INNER, 2)) == 2
