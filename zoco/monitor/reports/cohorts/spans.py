"""Spans: which steps of time since a cohort began are counted as one, and how long they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger import expr
from zoco.ledger.asking import along
from zoco.ledger.expr import DAY, Table, Value
from zoco.ledger.report import Parameter, ParameterWrong

if TYPE_CHECKING:
    from zoco.kit.periods import Grain
    from zoco.ledger.report import Params

STEPS_MOST = 12
LENGTHS = {"day": DAY, "week": 7 * DAY, "month": 2_629_746_000_000}
"""How long a step is, in microseconds of the wall clock; of a month the mean of the Gregorian calendar."""
FARTHEST = {"day": 400, "week": 104, "month": 36}
"""The last step that a bracket may reach."""
BRACKETS = "1 3 7 14 30"
BRACKETS_PARAMETER = Parameter("brackets", _("Brackets end with step"), BRACKETS)
NO_END = 1 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """Steps from `first` to `last`, both included; NO_END for all that come."""

    first: int
    last: int


def spans_of(params: Params) -> tuple[Span, ...]:
    """Return the spans of a report by its parameters kind, grain and brackets. Raises ParameterWrong."""
    match params["kind"]:
        case "rolling":
            return tuple(Span(n, NO_END) for n in range(STEPS_MOST + 1))
        case "bracket":
            ends = _ends(str(params["brackets"]), str(params["grain"]))
            return tuple(Span(before + 1, end) for before, end in pairwise((-1, 0, *ends)))
    return tuple(Span(n, n) for n in range(STEPS_MOST + 1))


def _ends(text: str, grain: str) -> list[int]:
    words = re.split(r"[\s,;]+", text.strip())
    ends = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < len("1000")]
    ascending = all(one < other for one, other in pairwise((0, *ends)))
    if len(ends) != len(words) or len(ends) > STEPS_MOST or not ascending or ends[-1] > FARTHEST[grain]:
        raise ParameterWrong(
            gettext_noop(
                "The brackets are “%(text)s”; write with which step each of them ends, in ascending order, "
                "%(most)s of them at most and none above %(farthest)s: 1 3 7 14 30."
            ),
            text=text,
            most=STEPS_MOST,
            farthest=FARTHEST[grain],
        )
    return ends


def room_days(grain: Grain, spans: Sequence[Span]) -> int:
    """Return within how many days after the period the step after the last one has begun for all cohorts."""
    last = max(span.first if span.last == NO_END else span.last for span in spans)
    return {"day": last + 1, "week": 7 * (last + 2), "month": 31 * (last + 1) + 27}[grain]


def is_within(gap: Value, span: Span, long: int) -> Value:
    """Return whether a step that begins so long after its cohort's is of the span; months differ by days."""
    is_there = gap > span.first * long - long // 2
    return is_there if span.last == NO_END else is_there & (gap < span.last * long + long // 2)


def unfolded(rows: Table, spans: Sequence[Span], long: int, *names: str) -> Table:
    """Return cohorts, one row each with the columns `now` and name_0, name_1 … of some names, as one row for
    each span that has begun: step (its first), until (its last), is_over, and the names.
    """
    told = rows.mutate(at=expr.each_of([expr.whole(n) for n in range(len(spans))]))
    lasts = [span.first if span.last == NO_END else span.last for span in spans]

    def of(values: Sequence[Value]) -> Value:
        return along.numbered(told["at"] + 1, values)

    gone = told.now - told.cohort
    return told.mutate(
        step=of([expr.whole(span.first) for span in spans]),
        until=of([expr.whole(last) for last in lasts]),
        is_over=gone > of([expr.whole((last + 1) * long - long // 2) for last in lasts]),
        is_begun=gone > of([expr.whole(span.first * long - long // 2) for span in spans]),
        **{name: of([told[f"{name}_{n}"] for n in range(len(spans))]) for name in names},
    ).filter(lambda rows: rows.is_begun)


KINDS = (
    ("classic", pgettext_lazy("cohort", "who came in that step")),
    ("rolling", pgettext_lazy("cohort", "who came in that step or later")),
    ("bracket", pgettext_lazy("cohort", "who came in that bracket of steps")),
)
