"""Who is here now: people with a fact in the last minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from zoco.kit.periods import Period, micros
from zoco.ledger import expr
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.lasting import lasting_of
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.asking.statements.words import numbered, worded, words_of
from zoco.ledger.scope import Facts

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question
    from zoco.ledger.store.base import Store

NOW_MINUTES = 5
PEOPLE = ("human",)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC microseconds: as much of a period as a statement without days needs."""

    start: int
    end: int


def people_now(question: Question, *, now: datetime, store: Store | None = None) -> int:
    """Count distinct visitors, people by their verdict, with a fact of any kind in the last five minutes.

    Site and filters are the question's; its period is not. Raises StoreBusy, QueryFailed.
    """
    opened = store or _opened()
    end = micros(now)
    span = cast(Period, Span(end - NOW_MINUTES * 60_000_000, end + 1))

    # A filter by a goal asks for visits that reached it before these minutes as well.
    days = Period.last_days(2, question.site.zone, now=now)

    filters = question.filters

    def write(given: Given) -> expr.Table:
        rows = Facts(given.site, given.periods[0], worded(filters, given.words), PEOPLE).rows
        seen = rows.filter(
            rows.visitor != 0,
            rows.occurred_at >= expr.start_of(given.periods[1]),
            rows.occurred_at < expr.end_of(given.periods[1]),
        )
        return seen.aggregate(people=expr.uniques(seen.visitor))

    counting = counting_of(question.site, days)
    shape = ("people now", counting, numbered(filters), opened.dialect)
    given = Given(question.site, (days, span), words_of(filters))
    sql = templates.filled(shape, given, opened.dialect, write, lasting=lasting_of(filters))
    return int(opened.query(sql).to_pylist()[0]["people"])


def _opened() -> Store:
    from zoco.ledger.store.opening import store

    return store()
