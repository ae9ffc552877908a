"""Values for the form of filters, as a fragment that it fetches while somebody writes."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from zoco.ledger.asking.question import Question
from zoco.ledger.asking.values import values_offered
from zoco.ledger.store.opening import store
from zoco.ledger.views.shell import LedgerView

OF, WITH = "of", "with"


class ValuesView(LedgerView):
    """What occurs in a column: options of a list, at most 20. Not for strangers: it knows no threshold."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Find them."""
        query = self.address.question_query()
        column, text = (str(query.pop(key, [""])[-1]) for key in (OF, WITH))
        found = values_offered(Question.from_address(query), column, text, store=store())
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in found))
        return HttpResponse(options, headers={"Cache-Control": "private, max-age=60"})
