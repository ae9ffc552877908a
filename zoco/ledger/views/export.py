"""Reports as files: CSV, JSON, Parquet, streamed."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.ledger.views.shell import LedgerView


class ExportView(LedgerView):
    """All rows of a report as a file."""

    def answer(self, request: HttpRequest, key: str, word: str) -> HttpResponseBase:
        """Stream the file."""
        raise NotImplementedError
