"""What strangers see under a shared link: the ledger's pages, fixed and guarded as the link says.

No facts, no query, no call of the API, no command, nobody's presence; files only as CSV.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger import sitebook
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.filters import filters_named
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.explained import explained
from zoco.ledger.report import Report
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.controls import Controls, chip, controls
from zoco.ledger.views.drawer import Drawer
from zoco.ledger.views.empty import Emptiness
from zoco.ledger.views.export import ExportView
from zoco.ledger.views.overview import OverviewView
from zoco.ledger.views.problems import Detail, Problem
from zoco.ledger.views.report import PanelView, ReportView
from zoco.ledger.views.shell import Context, LedgerView
from zoco.monitor.sharing.address import (
    FILTERS_MOST,
    SharedAddress,
    columns,
    columns_check,
    filters_check,
)
from zoco.monitor.sharing.fixed import filters_fixed
from zoco.monitor.sharing.models import SharedLink
from zoco.monitor.sharing.services import link_found

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
}


class SharedFrame(LedgerView):
    """Lets in by the token of the address alone; whoever is logged in sees no more than others."""

    frame: ClassVar[str] = "zoco/monitor/shared/frame.html"
    namespace: ClassVar[str] = "zoco_shared"
    exports: ClassVar[tuple[tuple[str, str], ...]] = (("csv", "CSV"),)

    link: SharedLink

    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        """Show the same to everybody, whatever sites an account sees that happens to be logged in."""
        with sitebook.everything():
            return self._dispatched(request, token, **kwargs)

    def _dispatched(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        """Find the link. One that is not there, is over or lost a goal is answered all the same."""
        link = self.link_of(token)
        if link is None:
            response: HttpResponseBase = render(request, "zoco/monitor/shared/gone.html", status=404)
            response._has_been_logged = True  # type: ignore[attr-defined]  # the path holds the token
        else:
            self.link = link
            self.address = SharedAddress.of(request.GET, self.namespace, token, link)
            response = self.answered(request, **kwargs)
        self.headed(request, response)
        return response

    def link_of(self, word: str) -> SharedLink | None:
        """Return the link that the address means."""
        return link_found(word, at=timezone.now())

    def headed(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Keep what is shown from robots, caches and other pages."""
        for name, value in HEADERS.items():
            response.headers[name] = value

    def report(self, key: str) -> Report:
        """Return a report without what it tells of a few. Raises PlugUnknown, NotForStrangers."""
        return Guard(self.link.least).narrowed(super().report(key))  # a stranger has no permission

    def question(self, report: Report, now: datetime, query: QueryDict | None = None) -> Question:
        """Return what the reader asks, within what the link fixes."""
        asked = (self.address.question_query() if query is None else query).copy()
        asked["site"], asked["verdicts"] = self.link.site.slug, self.link.verdicts
        if not self.link.may_change_period:
            asked.pop("compare", None)
        if not self.link.may_change_period or "period" not in asked:
            asked["period"] = self.link.period
        columns_check(asked)
        question = Question.from_address(asked, report=report, now=now)
        added = question.filters
        filters_check(added)
        fixed = filters_fixed(self.link)
        return replace(question, filters=(*fixed, *added), guard=Guard(self.link.least, added))

    def filter_check(self, key: str, value: str) -> None:
        """Refuse what no stranger may filter by, before goals are read. Raises FilterWrong."""
        if self.link.may_filter:
            query = QueryDict(mutable=True)
            query[key] = value
            columns_check(query)
            filters_check(filters_named(query))

    def controls(self, question: Question, today: date, report: Report) -> Controls:
        """Return the controls without what is fixed; filters that are stay as chips."""
        added = question.guard.added if question.guard else ()
        made = controls(replace(question, filters=added), self.address, today, report, self.draft)
        fixed = [replace(chip(each, self.address), remove_url="") for each in filters_fixed(self.link)]
        fixed_groups = {"verdicts", *(() if self.link.may_change_period else ("compare",))}
        may_add = self.link.may_filter and len(added) < FILTERS_MOST
        return replace(
            made,
            presets=made.presets if self.link.may_change_period else [],
            groups=[each for each in made.groups if each.name not in fixed_groups],
            chips=[*fixed, *made.chips],
            columns=[each for each in made.columns if each.name in columns()] if may_add else [],
            operators=[each for each in made.operators if each.name == "is"],
            goals=[],
        )

    def drawer(self, answer: Answer) -> Drawer:
        """Return the definition, and what is left out; nothing of how the answer was fetched."""
        return Drawer(
            explained=explained(answer),
            question=str(answer.report.question),
            facts="",
            facts_url="",
            drawn_from="",
            newest="",
            left_out=self.left_out() or _("nothing"),
            left_out_url="",
            sql="",
            api="",
            command="",
        )

    def emptiness(self, answer: Answer, today: date) -> Emptiness:
        """Say that there is nothing, in words that are the same for nobody and for a few."""
        shown = (chip(each, self.address) for each in (answer.question.guard or Guard(0)).added)
        links = [
            (_("Remove the filter %(values)s") % {"values": each.values}, each.remove_url) for each in shown
        ]
        words = _("Nobody came here in this period.")
        if self.link.least:
            words = ngettext(
                "Nobody came here in this period, or fewer than %(least)s visitor.",
                "Nobody came here in this period, or fewer than %(least)s visitors.",
                self.link.least,
            ) % {"least": formats.count(self.link.least)}
        start = (_("Show it as it was shared"), self.index_url())
        return Emptiness(_("Nothing to show"), words, "", [*links, start])

    def left_out(self) -> str:
        """Say what the link does not show, "" where it shows all."""
        if not self.link.least:
            return ""
        return ngettext(
            "groups of fewer than %(least)s visitor",
            "groups of fewer than %(least)s visitors",
            self.link.least,
        ) % {"least": formats.count(self.link.least)}

    @property
    def can_view_facts(self) -> bool:
        """Nobody sees facts here."""
        return False

    def problem(self, problem: Problem, detail: Detail | None = None) -> HttpResponse:
        """Say what is wrong; of the program and of other sites nothing."""
        shown = detail if problem.status == 400 and problem.shows_detail else None
        template = "zoco/monitor/shared/problem.html"
        response = self.page(
            template, None, status=problem.status, title=problem.title, problem=problem, detail=shown
        )
        if problem.status == 503:
            response.headers["Retry-After"] = "3"
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def page(self, template: str, site: SiteInfo | None, *, status: int = 200, **values: Any) -> HttpResponse:
        """Leave out what is not for strangers."""
        return super().page(template, site, status=status, **values | {"page_actions": [], "now_url": ""})

    def context(self, site: SiteInfo | None) -> Context:
        """Return what the frame needs."""
        return {
            "frame": self.frame,
            "site": site,
            "site_name": self.link.site.name,
            "is_demo": self.link.site.is_demo,
            "sites": [],
            "index_url": self.index_url(),
            "can_view_facts": False,
            "is_shared": True,
            "left_out": self.left_out(),
        }

    def index_url(self) -> str:
        """Return the address of the dashboard as it was shared."""
        return self.address.to("overview", query=QueryDict())

    def shows(self, report: Report) -> bool:
        """Return whether strangers may see a report at all."""
        return bool(report.crowd) and not report.permission


class SharedOverview(SharedFrame, OverviewView):
    """The dashboard of the link."""

    has_picture = False

    def answer(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        """Show it."""
        return OverviewView.answer(self, request, self.link.board)


class SharedReport(SharedFrame, ReportView):
    """A report."""


class SharedPanel(SharedFrame, PanelView):
    """The first rows of a report."""


class SharedExport(SharedFrame, ExportView):
    """A report as a file."""

    has_pdf: ClassVar[bool] = False
