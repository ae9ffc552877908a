"""An overview: the head report's figures and curve, and panels that load one by one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.dashboard import dashboard_named
from zoco.ledger.report import REPORTS, report_named
from zoco.ledger.views import formats
from zoco.ledger.views.charts import chart
from zoco.ledger.views.controls import controls
from zoco.ledger.views.drawer import drawer
from zoco.ledger.views.empty import emptiness
from zoco.ledger.views.figures import headlines
from zoco.ledger.views.shell import LedgerView


class OverviewView(LedgerView):
    """Several reports on one page, about the same period, comparison and filters."""

    def answer(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask for the head; the panels are asked for by the page itself."""
        dashboard = dashboard_named(key)
        head = report_named(dashboard.head)
        now = datetime.now(UTC)
        question = Question.from_address(self.address.question_query(), report=head, now=now)
        answer = ask(head, question, now=now)
        zone = ZoneInfo(question.site.zone)
        today = now.astimezone(zone).date()
        names = [measure.name for measure in answer.measures]
        drawn = request.GET.get("draw", "") if request.GET.get("draw", "") in names else names[0]
        can_view_facts = request.user.has_perm("zoco_ledger.view_facts")
        return self.page(
            "zoco/ledger/overview.html",
            question.site,
            title=dashboard.label,
            area=dashboard.area,
            zone=question.site.zone,
            printed_at=formats.moment(now.astimezone(zone)),
            controls=controls(question, self.address, today, head),
            drawer=drawer(answer, self.address, can_view_facts=can_view_facts),
            is_drawer_open="how" in request.GET,
            drawer_url=self.address.changed(how=None if "how" in request.GET else "1"),
            empty=None if answer.facts_used else emptiness(answer, self.address, today),
            figures=headlines(answer, {name: self.address.changed(draw=name) for name in names}, drawn),
            chart=chart(answer, drawn),
            rows=[self._panels(row) for row in dashboard.panels],
        )

    def _panels(self, keys: tuple[str, ...]) -> list[dict[str, object]]:
        return [
            {
                "label": REPORTS.get(key).label,
                "url": self.address.to("report", key),
                "panel_url": self.address.to("panel", key),
            }
            for key in keys
            if key in REPORTS
        ]
