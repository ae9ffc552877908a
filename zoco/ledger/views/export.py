"""Reports as files: CSV, JSON, Parquet, in pieces, all rows of the question; PDF and SVG as on the page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.alone.files import picture_asked
from zoco.ledger.pictures.sheets.asked import report_asked
from zoco.ledger.pictures.sheets.export import FORMATS, Format, export
from zoco.ledger.report import Report
from zoco.ledger.views.controls import filters_said
from zoco.ledger.views.shell import LedgerView

PDF, SVG = "pdf", "svg"


class ExportView(LedgerView):
    """All rows of a report as a file, its page as PDF, or its picture as SVG."""

    has_pdf: ClassVar[bool] = True

    def answer(self, request: HttpRequest, key: str, word: str) -> HttpResponseBase:
        """Send the file. The first piece is made before the answer begins, so that errors have a page."""
        report = self.report(key)
        if word == PDF and self.has_pdf:
            return self._pdf(report)
        if word == SVG and self.has_pdf and report.picture:
            return self._svg(request, report)
        format = _format(word)
        question = self.question(report, datetime.now(UTC))
        pieces: Iterator[bytes] = iter(export(report, question, format, is_for_spreadsheet=format == "csv"))
        first = next(pieces, b"")
        return StreamingHttpResponse(
            chain([first], pieces),
            content_type=FORMATS[format],
            headers={
                "Content-Disposition": f'attachment; filename="{file_name(key, question, word)}"',
                "Cache-Control": "no-store",
            },
        )

    def _pdf(self, report: Report) -> HttpResponse:
        from zoco.ledger.pictures.sheets.pdf import pdf_of  # slow, and few processes need it

        now = datetime.now(UTC)
        question = self.question(report, now)
        sheet, _answer = report_asked(report, question, filters=filters_said(question), now=now)
        return _file(pdf_of(sheet), "application/pdf", file_name(report.key, question, PDF))

    def _svg(self, request: HttpRequest, report: Report) -> HttpResponse:
        now = datetime.now(UTC)
        question, drawn = self.question(report, now), request.GET.get("draw", "")
        made = picture_asked(report, question, drawn=drawn, filters=filters_said(question), now=now)
        return _file(made.encode(), "image/svg+xml", file_name(report.key, question, SVG))


def _file(made: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type=content_type, headers=headers)


def _format(word: str) -> Format:
    for known in FORMATS:
        if word == known:
            return known
    raise Http404(word)


def file_name(key: str, question: Question, word: str) -> str:
    """Return the name of the file; demo data say so in it."""
    demo = "demo-data_" if question.site.is_demo else ""
    kept = "".join(sign for sign in key if sign.isalnum() or sign in "-_.")
    return f"{demo}{question.site.slug}_{kept}_{question.period.first}_{question.period.last}.{word}"
