"""The list of all reports, by area, each with the question that it answers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zoco.ledger import sitebook
from zoco.ledger.report import is_shown_to, reports_all
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.shell import LedgerView


class IndexView(LedgerView):
    """All overviews and reports."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        site = sitebook.site(request.GET.get("site", ""))
        known: Any = (("overview", dashboards_all()), ("report", reports_all()))
        entries = [
            (each.label, each.question, self.address.to(name, each.key))
            for name, found in known
            for each in found
            if is_shown_to(request.user, each)
        ]
        return self.page("zoco/ledger/index.html", site, title=_("Reports"), entries=entries)
