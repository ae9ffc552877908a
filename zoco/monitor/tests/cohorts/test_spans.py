"""Spans of cohorts: which brackets may be written, and how long after a period its cohorts are looked at."""

from datetime import date, timedelta

import pytest

from zoco.kit.periods import Grain
from zoco.ledger.report import ParameterWrong
from zoco.monitor.reports.cohorts.spans import FARTHEST, STEPS_MOST, Span, room_days, spans_of

DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(3 * 366)]


def step_after(day: date, grain: Grain, many: int) -> date:
    """Return when the step begins that comes so many after the one of a day."""
    if grain == "day":
        return day + timedelta(days=many)
    if grain == "week":
        return day - timedelta(days=day.weekday()) + timedelta(weeks=many)
    years, month = divmod(day.month - 1 + many, 12)
    return date(day.year + years, month + 1, 1)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("last", [0, 1, 12, 36])
def test_the_step_after_the_last_has_begun_within_the_room_whenever_a_period_ends(
    grain: Grain, last: int
) -> None:
    room = room_days(grain, [Span(0, 0), Span(1, last)])

    needed = max((step_after(day, grain, last + 1) - day).days for day in DAYS)

    assert needed <= room <= needed + 31 + last  # no more than is of use: days beyond are read too
    assert room_days(grain, [Span(last, 1 << 20)]) == room


def brackets(text: str, grain: Grain) -> tuple[Span, ...]:
    return spans_of({"kind": "bracket", "brackets": text, "grain": grain})


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_brackets_end_where_they_are_said_to(grain: Grain) -> None:
    farthest = FARTHEST[grain]

    assert brackets(f"1 3, {farthest}", grain) == (Span(0, 0), Span(1, 1), Span(2, 3), Span(4, farthest))
    assert len(brackets(" ".join(map(str, range(1, STEPS_MOST + 1))), grain)) == STEPS_MOST + 1
    for wrong in (f"1 {farthest + 1}", " ".join(map(str, range(1, STEPS_MOST + 2))), "3 3", "0 1", "1 x", ""):
        with pytest.raises(ParameterWrong):
            brackets(wrong, grain)
