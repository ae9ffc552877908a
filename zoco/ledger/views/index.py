"""The list of all reports, by area, each with the question that it answers."""

from django.http import HttpRequest, HttpResponse

from zoco.ledger import sitebook
from zoco.ledger.report import is_shown_to, reports_all
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.shell import LedgerView


class IndexView(LedgerView):
    """All overviews and reports."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        from django.utils.translation import gettext as _

        site = sitebook.site(request.GET.get("site", ""))
        entries = [
            (each.label, each.question, self.address.to("overview", each.key)) for each in dashboards_all()
        ]
        entries += [
            (each.label, each.question, self.address.to("report", each.key))
            for each in reports_all()
            if is_shown_to(request.user, each)
        ]
        return self.page("zoco/ledger/index.html", site, title=_("Reports"), entries=entries)
