"""Figures of questions, counted by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zoco.stats.proportions import wilson
from zoco.surveys.designs import Brand, Question, brand_lines, brands_of
from zoco.surveys.results.brands import recalled
from zoco.surveys.results.figures import found_of
from zoco.surveys.results.reading import Read, Said

OPTIONS = {"en": ["Books", "Papers", "Nothing"]}
MADRID = ZoneInfo("Europe/Madrid")


def question(kind: str, **more: object) -> Question:
    return Question("q1", kind, {"en": "?"}, **more)  # type: ignore[arg-type]


def test_a_score_is_told_with_its_parts() -> None:
    found = found_of(question("nps"), [10, 9, 9, 8, 7, 6, 0, 10, 9, 10])

    net, promoters, passives, detractors = found.head
    assert net.value == pytest.approx(0.4)
    assert (found.n, promoters.count, passives.count, detractors.count) == (10, 6, 2, 2)
    assert [each.count for each in found.lines] == [1, 0, 0, 0, 0, 0, 1, 1, 1, 3, 3]
    assert found.is_small


def test_satisfaction_is_the_share_of_the_top_two_and_a_mean() -> None:
    found = found_of(question("csat"), [5, 4, 4, 3, 1])

    top, mean = found.head
    assert (top.count, top.low, top.high) == (3, *wilson(3.0, 5.0))
    assert top.value == pytest.approx(0.6)
    assert mean.value == pytest.approx(3.4)
    assert found_of(question("csat"), [5]).head[1].low is None


def test_several_may_be_ticked_and_shares_are_of_those_who_answered() -> None:
    found = found_of(question("multiple", options=OPTIONS), [["1", "2"], ["1"], ["3"], ["1"]])

    assert [(each.key, each.count, each.value) for each in found.lines] == [
        ("1", 3, 0.75), ("2", 1, 0.25), ("3", 1, 0.25),
    ]  # fmt: skip
    assert found_of(question("single", options=OPTIONS), []).lines == ()


def test_brands_are_counted_once_a_person_by_whole_words_in_any_writing() -> None:
    brands = brands_of("Acme: akme, ACME Inc\n京东: jd\nÉclair\nИкея")

    found = recalled(
        ["Akme and acme inc, Globex", "我喜欢京东和淘宝", "ECLAIR; acmeology", "икея, ＡＣＭＥ", "globex!"],
        brands,
    )

    assert found.named == [2, 1, 1, 1]
    assert found.first == [1, 1, 1, 1]
    assert found.others == [("globex", 2), ("acmeology", 1), ("淘宝", 1)]


def test_brands_are_read_as_they_are_written() -> None:
    brands = (Brand("Acme", ("akme", "acme inc")), Brand("Globex"))

    assert brands_of(brand_lines(brands)) == brands
    assert brands_of(" \n: x\nAcme:，") == (Brand("Acme"),)


def test_groups_are_of_local_months_and_the_largest_languages() -> None:
    at = datetime(2026, 5, 31, 23, 30, tzinfo=MADRID)
    rows = [
        Said(at, "es", "page", {"q1": 9}),
        Said(at.replace(month=6, day=1, hour=0), "en", "page", {"q1": 3}),
        Said(at.replace(month=6, day=2), "en", "letter", {}),
    ]

    read = Read(rows, 0)

    assert [(key, each.answers("q1")) for key, each in read.groups("month")] == [
        ("2026-05", [9]), ("2026-06", [3]),
    ]  # fmt: skip
    assert [(key, len(each.rows)) for key, each in read.groups("language")] == [("en", 2), ("es", 1)]
    assert [key for key, _each in read.groups("week")] == ["2026-W22", "2026-W23"]
