"""Asking: a report and a question in, an answer out. The only place that runs a report's query."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoco.ledger.answer import Answer
    from zoco.ledger.question import Question
    from zoco.ledger.report import Report
    from zoco.ledger.store.base import Store


def ask(
    report: Report, question: Question, *, store: Store | None = None, now: datetime | None = None
) -> Answer:
    """Answer a question. `store` is the process's own unless given.

    Raises QuestionWrong, ParameterWrong, StoreBusy, QueryFailed.
    """
    raise NotImplementedError
