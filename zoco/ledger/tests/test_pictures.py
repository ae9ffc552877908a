"""Pictures: their lengths and lines are exact, and they hold no style attribute."""

from typing import Any

import pytest
from django.template import Context, Template

from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.curves import NARROW, Curve, curve, fitting
from zoco.ledger.pictures.ticks import ticks


@pytest.mark.parametrize(
    ("largest", "expected"),
    [
        (3913, [0, 1000, 2000, 3000, 4000]),
        (5, [0, 1, 2, 3, 4, 5]),
        (0, [0, 1]),
        (0.42, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (12, [0, 2.5, 5, 7.5, 10, 12.5]),
    ],
)
def test_axis_has_round_values_that_reach_the_largest(largest: Any, expected: Any) -> None:
    assert ticks(largest) == expected


@pytest.mark.parametrize(
    ("largest", "expected"),
    [(1, [0, 1]), (2, [0, 1, 2]), (3, [0, 1, 2, 3]), (12, [0, 5, 10, 15]), (0, [0, 1])],
)
def test_axis_of_what_is_counted_has_no_part_of_one(largest: Any, expected: Any) -> None:
    assert ticks(largest, 4, whole=True) == expected


def test_bar_is_as_long_as_its_share_of_the_largest_row() -> None:
    assert 'width="59.7"' in bar(18630, 31204)
    assert bar(0, 31204) == ""
    assert bar(5, 0) == ""


def test_curve_draws_the_unfinished_bucket_dotted_and_the_period_before_dashed() -> None:
    labels = ["1 May", "2 May", "3 May"]
    visitors = Curve([10, 20, 5], labels, "Visitors", "In words.", before=[8, 9], is_open=True)

    drawn = curve(visitors, str, width=158, height=136)

    assert '<path class="prev" d="M48.0,72.0 98.0,67.0"/>' in drawn
    assert '<path class="l1" d="M48.0,62.0 98.0,12.0"/>' in drawn
    assert '<path class="l1 dot" d="M98.0,12.0 148.0,87.0"/>' in drawn
    assert "<title>Visitors</title><desc>In words.</desc>" in drawn
    assert "style=" not in drawn


def test_curve_shows_at_which_values_marks_stand() -> None:
    visitors = Curve([10, 20, 5], ["1 May", "2 May", "3 May"], "Visitors", "In words.", marks=[1, 2, 1])

    drawn = curve(visitors, str, width=158, height=136)

    assert drawn.count('<path class="mark"') == 2
    assert '<path class="mark" d="M98.0,12.0V112.0"/><text class="mark" x="98.0" y="10.0"' in drawn
    assert ">1·3</text>" in drawn
    assert ">2</text>" in drawn


def test_curve_has_a_gap_where_a_value_is_not_known() -> None:
    labels = ["1 May", "2 May", "3 May"]
    visitors = Curve([10, None, 20], labels, "Visitors", "In words.", before=[None, 8, None])

    drawn = curve(visitors, str, width=158, height=136)

    assert '<path class="l1"' not in drawn
    assert '<circle class="f1" cx="48.0" cy="62.0" r="3"/><circle class="f1" cx="148.0"' in drawn
    assert '<circle class="prev" cx="98.0" cy="72.0" r="2"/>' in drawn


def test_a_page_has_the_curve_as_wide_as_a_phone_too() -> None:
    days = [f"{day} October 2026" for day in range(1, 31)]
    visitors = fitting(Curve([float(day) for day in range(30)], days, "Visitors", "In words."), str)

    page = Template("{{ drawn }}").render(Context({"drawn": visitors}))

    assert f'<div class="z-fit small"><svg class="c" viewBox="0 0 {NARROW} 200"' in page
    assert page.count("<svg") == 2
    assert page.count("<desc>In words.</desc>") == 2
    assert visitors.narrow.count("October") == 3
    assert visitors.wide.count("October") == 6
    assert "z-fit" not in visitors.wide


def test_labels_of_a_curve_are_escaped() -> None:
    assert "<script" not in curve(Curve([1.0], ["<script>"], "<script>", "<script>"), str)
