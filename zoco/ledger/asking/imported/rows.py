"""What imports say of pages, sources, countries … on days that the site did not count itself.

It stands beside a table's own rows and is never added to them: other programs name things otherwise,
and cut visits and count people by other rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from zoco.kit.periods import moment_at
from zoco.ledger import expr
from zoco.ledger.asking.answer import Answer, ImportedRow
from zoco.ledger.asking.imported.days import days_held, days_said
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.scope import Facts
from zoco.ledger.store.imported_sql import rows_sql

if TYPE_CHECKING:
    from zoco.ledger.asking.question import Question
    from zoco.ledger.store.base import Store


def beside(answer: Answer, store: Store) -> Answer:
    """Return the answer with what imports say of the days without page views of the site's own.

    Imports know neither filters nor bots, so under those nothing is shown, and nothing under a guard.
    """
    question, (dimension, order) = answer.question, answer.report.imports
    if not dimension or question.filters or question.guard or question.verdicts != "people":
        return answer
    days = days_held(store, question.site.id, question.period)
    if days:
        for day in _own_days(question, store):
            days.pop(day, None)
    if not days:
        return answer
    offset = (question.page - 1) * question.size
    asked = rows_sql(question.site.id, dimension, sorted(days), order, size=question.size, offset=offset)
    raw = store.query(asked).to_pylist()
    rows = tuple(
        ImportedRow(each["label"], *(_whole(each[name]) for name in ("page_views", "visits", "events")))
        for each in raw
    )
    if not rows:
        return answer
    return replace(answer, imported=days_said(days), imported_rows=rows, imported_total=int(raw[0]["whole"]))


def _own_days(question: Question, store: Store) -> list[date]:
    """Return the local days with page views of the site's own, of people by their verdict."""

    def write(given: Given) -> expr.Table:
        views = Facts(given.site, given.periods[0], (), question.verdicts_chosen).page_views
        return views.select(day=expr.bucket(views.occurred_at, given.periods[0], "day")).distinct()

    counting = counting_of(question.site, question.period)
    shape = ("own days", counting, question.verdicts_chosen, store.dialect)
    sql = templates.filled(
        shape, Given(question.site, (question.period,)), store.dialect, write, lasting="always"
    )
    return [moment_at(int(each)).date() for each in store.query(sql)["day"].to_pylist()]


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else round(value)
