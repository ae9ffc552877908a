"""An overview: the head report's figures and curve, and panels that load one by one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import escape
from django.utils.translation import ngettext

from zoco.kit.periods import micros
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.now import people_now
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.bodies import is_drawn
from zoco.ledger.pictures.charts import chart
from zoco.ledger.pictures.figures import headlines
from zoco.ledger.report import REPORTS, Report, is_shown_to
from zoco.ledger.views.actions import page_actions
from zoco.ledger.views.dashboards import dashboard_named
from zoco.ledger.views.export import SVG, file_name
from zoco.ledger.views.shell import LedgerView


@dataclass(frozen=True, slots=True)
class Tab:
    """A report in a panel: its page, its rows as a fragment, and the overview with this tab open."""

    key: str
    label: object
    url: str
    panel_url: str
    tab_url: str
    is_open: bool


class OverviewView(LedgerView):
    """Several reports on one page, about the same period, comparison and filters."""

    has_filter_form: ClassVar[bool] = True
    has_picture: ClassVar[bool] = True

    def answer(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask for the head; the panels are asked for by the page itself."""
        dashboard = dashboard_named(key)
        head = self.report(dashboard.head)
        now = datetime.now(UTC)
        question = self.question(head, now)
        answer = ask(head, question, now=now)
        zone = ZoneInfo(question.site.zone)
        today = now.astimezone(zone).date()
        names = [measure.name for measure in answer.measures]
        drawn = request.GET.get("draw", "") if request.GET.get("draw", "") in names else names[0]
        return self.page(
            "zoco/ledger/overview.html",
            question.site,
            title=dashboard.label,
            area=dashboard.area,
            live=self._live(request, key, has_today=question.period.last >= today),
            asked_at=str(micros(now)),
            zone=question.site.zone,
            printed_at=formats.moment(now.astimezone(zone)),
            controls=self.controls(question, today, head),
            drawer=self.drawer(answer),
            is_drawer_open="how" in request.GET,
            drawer_url=self.address.changed(how=None if "how" in request.GET else "1"),
            empty=self.emptiness(answer, today) if answer.is_empty else None,
            figures=headlines(answer, {name: self.address.changed(draw=name) for name in names}, drawn),
            chart=chart(answer, drawn),
            rows=[row for keys in dashboard.panels if (row := self._row(keys))],
            now_url=self.address.to("now"),
            picture_url=self.export_url(head, SVG, drawn) if self.has_picture and is_drawn(answer) else "",
            png_name=file_name(head.key, question, "png"),
            page_actions=page_actions(request, dashboard, self.address),
        )

    def shows(self, report: Report) -> bool:
        """Return whether a report may stand in a panel."""
        return is_shown_to(self.request.user, report)

    def _row(self, panels: tuple[tuple[str, ...], ...]) -> list[list[Tab]]:
        return [panel for keys in panels if (panel := self._panel(keys))]

    def _panel(self, keys: tuple[str, ...]) -> list[Tab]:
        """Return the tabs of a panel; reports that are not installed or not shown are left out."""
        known = [key for key in keys if key in REPORTS and self.shows(REPORTS.get(key))]
        wanted = self.address.tabs
        is_open = next((key for key in known if key in wanted), known[0] if known else "")
        others = [key for key in wanted if key not in known]
        return [
            Tab(
                key=key,
                label=REPORTS.get(key).label,
                url=self.address.to("report", key),
                panel_url=self.address.to("panel", key),
                tab_url=self._opened(others if key == known[0] else [*others, key]),
                is_open=key == is_open,
            )
            for key in known
        ]

    def _opened(self, tabs: list[str]) -> str:
        return self.address.changed(tabs=",".join(tabs) or None)

    def _live(self, request: HttpRequest, key: str, *, has_today: bool) -> dict[str, str]:
        """Return where the stream of this server is, if it has one, and newer figures of the page."""
        stream = getattr(request, "scope", {}).get("zoco.live", "")
        if not stream or not request.user.is_authenticated:
            return {}
        fresh = self.address.to("fresh", key, query=QueryDict()) if has_today else ""
        return {"stream": stream, "fresh": fresh}


class NowView(LedgerView):
    """How many people are here now, as a fragment that an overview fetches again and again."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Count them."""
        now = datetime.now(UTC)
        count = people_now(Question.from_address(self.address.question_query(), now=now), now=now)
        return HttpResponse(escape(people_text(count)), headers={"Cache-Control": "private, no-store"})


def people_text(count: int) -> str:
    """Say how many people are here now."""
    text = ngettext("%(count)s person now", "%(count)s people now", count)
    return text % {"count": formats.count(count)}
