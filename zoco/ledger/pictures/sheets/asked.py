"""Sheets asked of the ledger: one report, or an overview with the first tab of each panel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from zoco.ledger.asking.ask import ask
from zoco.ledger.pictures.sheets.sheet import Sheet, sheet_of
from zoco.ledger.report import REPORTS, Report, report_named

if TYPE_CHECKING:
    from zoco.ledger.asking.answer import Answer
    from zoco.ledger.asking.question import Question
    from zoco.ledger.store.base import Store
    from zoco.ledger.views.dashboards import Dashboard

ROWS_MOST = 500
PANEL_ROWS = 8


def report_asked(
    report: Report, question: Question, *, filters: str, now: datetime, store: Store | None = None
) -> tuple[Sheet, Answer]:
    """Ask for a report's first rows, in the question's order. Raises what `ask` raises."""
    answer = ask(report, replace(question, page=1, size=ROWS_MOST), store=store, now=now)
    made_at = now.astimezone(ZoneInfo(question.site.zone))
    return sheet_of(report.label, [answer], filters=filters, made_at=made_at, rows_most=ROWS_MOST), answer


def overview_asked(
    dashboard: Dashboard, question: Question, *, filters: str, now: datetime, store: Store | None = None
) -> tuple[Sheet, Answer]:
    """Ask for an overview's head and panels.

    Panels of reports that a site has not set up, or that not every reader may see, are left out.
    """
    head = report_named(dashboard.head)
    answers = [ask(head, question, store=store, now=now)]
    of_panels = replace(question, params={}, order="", page=1, size=PANEL_ROWS)
    for panel in (panel for row in dashboard.panels for panel in row):
        report = next((REPORTS.get(key) for key in panel if key in REPORTS), None)
        if report is not None and not report.permission and report.missing(question.site) is None:
            answers.append(ask(report, of_panels, store=store, now=now))
    made_at = now.astimezone(ZoneInfo(question.site.zone))
    return (
        sheet_of(dashboard.label, answers, filters=filters, made_at=made_at, rows_most=PANEL_ROWS),
        answers[0],
    )
