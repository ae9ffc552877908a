"""Reports as files: CSV, JSON, Parquet, in pieces, all rows of the question."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from zoco.ledger.asking.export import FORMATS, Format, export
from zoco.ledger.asking.question import Question
from zoco.ledger.views.shell import LedgerView


class ExportView(LedgerView):
    """All rows of a report as a file."""

    def answer(self, request: HttpRequest, key: str, word: str) -> HttpResponseBase:
        """Send the file. The first piece is made before the answer begins, so that errors have a page."""
        report = self.report(key)
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
