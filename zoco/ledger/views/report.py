"""The page of any report, and its short form as a panel of an overview."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.bodies import is_drawn
from zoco.ledger.pictures.balances import balance
from zoco.ledger.pictures.charts import chart
from zoco.ledger.pictures.figures import few_text, headlines
from zoco.ledger.pictures.flows import ROWS_MOST as FLOWS_MOST
from zoco.ledger.pictures.flows import flow
from zoco.ledger.pictures.grids import ROWS_MOST, STEPS_MOST, grid
from zoco.ledger.pictures.ways import stages
from zoco.ledger.views.actions import people_behind, report_actions
from zoco.ledger.views.elsewhere import elsewhere
from zoco.ledger.views.empty import not_set_up
from zoco.ledger.views.export import SVG, file_name
from zoco.ledger.views.shell import LedgerView
from zoco.ledger.views.tables import paged

EXPORTS = (("pdf", "PDF"), ("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
PANEL_ROWS = "8"


class ReportView(LedgerView):
    """One report: controls, figures, picture, table, export, and how all of it is computed."""

    template: ClassVar[str] = "zoco/ledger/report.html"
    has_filter_form: ClassVar[bool] = True
    exports: ClassVar[tuple[tuple[str, str], ...]] = EXPORTS

    def answer(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask the ledger and show what it says."""
        report = self.report(key)
        now = datetime.now(UTC)
        question = self.question(report, now)
        answer = ask(report, question, now=now)
        if question.page > answer.pages:
            return self.last_page(answer.pages)
        today = now.astimezone(ZoneInfo(question.site.zone)).date()
        return self.page(
            self.template,
            question.site,
            title=report.label,
            area=report.area,
            report=report,
            zone=question.site.zone,
            printed_at=formats.moment(now.astimezone(ZoneInfo(question.site.zone))),
            controls=self.controls(question, today, report),
            exports=[(name, self.export_url(report, word)) for word, name in self.exports],
            picture_url=self._picture_url(answer),
            png_name=file_name(report.key, question, "png"),
            page_actions=report_actions(request, report, self.address),
            drawer=self.drawer(answer),
            is_drawer_open="how" in request.GET,
            drawer_url=self.address.changed(how=None if "how" in request.GET else "1"),
            empty=self.emptiness(answer, today) if not answer.total_rows or answer.is_empty else None,
            table=paged(answer, self.address, can_view_facts=self.can_view_facts),
            elsewhere=elsewhere(answer),
            **self._picture(answer),
            **self._drawn_whole(answer, now),
        )

    def _drawn_whole(self, answer: Answer, now: datetime) -> dict[str, Any]:
        """Return what is drawn of all rows, whatever the table shows: the newest of a grid, say."""
        kind = answer.report.picture
        if kind in ("grid", "flow") and len(answer.rows) < answer.total_rows:
            newest = (f"-{answer.dimensions[0].name}", ROWS_MOST * STEPS_MOST)
            order, size = newest if kind == "grid" else ("-times", FLOWS_MOST)
            whole = replace(answer.question, page=1, size=size, order=order)
            answer = ask(answer.report, whole, now=now)
        return {"grid": grid(answer), "flow": flow(answer), "balance": balance(answer)}

    def _picture(self, answer: Answer) -> dict[str, Any]:
        names = [measure.name for measure in answer.measures]
        wanted = self.request.GET.get("draw", "")
        drawn = wanted if wanted in names else names[0]
        is_curve = answer.report.picture == "curve"
        facts = ""
        # A report about "rows" picks some of them in its query; a whole period's figure cannot say which.
        is_exact = answer.report.counts == "page_views" or bool(answer.report.verdicts)
        if is_exact and self.can_view_facts:
            facts = self.address.to("facts", query=self.address.shared(report=answer.report.key))
        urls = {name: self.address.changed(draw=name) if is_curve else facts for name in names}
        return {
            "figures": headlines(answer, urls, drawn if is_curve else ""),
            "chart": chart(answer, drawn) if is_curve and balance(answer) is None else None,
            "stages": stages(answer, people_behind(self.request, answer)),
        }

    def _picture_url(self, answer: Answer) -> str:
        """Return the address of the picture as a file, "" where nothing is drawn."""
        if self.exports != EXPORTS or not is_drawn(answer):
            return ""
        return self.export_url(answer.report, SVG, self.request.GET.get("draw"))


class PanelView(LedgerView):
    """The first rows of a report, as a fragment that an overview fetches."""

    def answer(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask for a few rows and write them without a frame."""
        report = self.report(key)
        query = self.address.shared(size=PANEL_ROWS, compare="none")
        now = datetime.now(UTC)
        answer = ask(report, self.question(report, now, query), now=now)
        missing = None if answer.question.guard else report.missing(answer.question.site)
        context = {
            "empty": None if missing is None else not_set_up(missing),
            "table": paged(answer, self.address, can_view_facts=self.can_view_facts, is_panel=True),
            "table_label": report.label,
            "few": few_text(answer) if answer.is_guarded else "",
            "report_url": self.address.to("report", key),
        }
        return render(request, "zoco/ledger/panel.html", context)
