"""Which values of a column occur: what somebody who writes a filter is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoco.ledger import expr
from zoco.ledger.asking.filters import FILTERABLE, GOAL
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.pictures.labels import WORDS, value_label
from zoco.ledger.scope import Facts

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question
    from zoco.ledger.store.base import Store

MOST = 20
# Columns with words of their own have few values: all are asked for, and sifted by their words.
WORDED_MOST = 500
LONGEST = 200


def values_offered(question: Question, column: str, text: str, *, store: Store) -> list[str]:
    """Return at most 20 values of a column with the text in them, in words, the commonest first.

    Site, period and verdicts are the question's, its filters are not: a second value of the same filter is
    an alternative. Nothing for a column that there is not. Raises StoreBusy, QueryFailed.
    """
    wanted = text.strip()[:LONGEST].casefold()
    if column == GOAL:
        return [each.name for each in goals_of(question.site.id) if wanted in each.name.casefold()][:MOST]
    if column not in FILTERABLE:
        return []
    known = FILTERABLE[column]
    is_worded = {column, known.kind} & {*WORDS, "country", "language"}
    within, most = ("", WORDED_MOST) if is_worded else (wanted, MOST)
    raw = store.query(_sql(question, column, within, most, store)).to_pylist()
    found = (value_label(column, known.kind, each["value"]) for each in raw)
    return [each for each in dict.fromkeys(found) if wanted in each.casefold()][:MOST]


def _sql(question: Question, column: str, text: str, most: int, store: Store) -> str:
    site, period, verdicts = question.site, question.period, question.verdicts_chosen
    words = [text] if text else []

    def write(given: Given) -> expr.Table:
        rows = Facts(given.site, given.periods[0], (), verdicts).rows
        value = rows[column].cast("string")
        rows = rows.filter(value.notin(("", "0")), *(value.lower().contains(each) for each in given.words))
        counted = rows.group_by(value=rows[column].cast("string")).aggregate(times=rows.count())
        return counted.order_by(counted.times.desc(), counted.value).limit(most)

    shape = ("values", counting_of(site, period), column, bool(words), verdicts, most, store.dialect)
    return templates.filled(shape, Given(site, (period,), words), store.dialect, write, lasting="with room")
