"""What all pages of the ledger share: who may come in, which frame is around, what happens on errors."""

import logging
from dataclasses import replace
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views import View

from zoco.ledger import sitebook
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.filters import filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.report import Report, report_for
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import QueryFailed
from zoco.ledger.views.actions import kept_filters
from zoco.ledger.views.address import Address, Draft, FilterRefused, settled
from zoco.ledger.views.controls import Controls, controls
from zoco.ledger.views.drawer import Drawer, drawer
from zoco.ledger.views.empty import Emptiness, emptiness
from zoco.ledger.views.problems import ERRORS, FORBIDDEN, Detail, Problem, detail_of, problem_of
from zoco.ledger.views.snippet import tracker_line

log = logging.getLogger(__name__)
Context = dict[str, Any]


class LedgerView(View):
    """A page. `frame` is the template around it, `namespace` that of its links; desk has its own of both.

    `answer()` may raise any error of PROBLEMS; the reader gets a page that says what to do.
    """

    frame: ClassVar[str] = "zoco/ledger/frame.html"
    namespace: ClassVar[str] = "zoco_ledger"
    permission: ClassVar[str] = "zoco_ledger.view_reports"
    http_method_names = ["get", "head", "options"]
    has_filter_form: ClassVar[bool] = False
    """Whether the page has the form of filters, and can say there what is wrong."""

    address: Address
    draft: Draft | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may; turn what forms sent; answer errors with a page of their own."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.address = Address(request.GET, self.namespace)
        if not request.user.has_perm(self.permission):
            return self.problem(FORBIDDEN)
        return self.answered(request, *args, **kwargs)

    def answered(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer who is in; errors become pages."""
        try:
            turned = self.turned(request.GET)
            if turned is not None:
                return HttpResponseRedirect(f"{request.path}?{turned.urlencode(safe='/:.,')}")
            return super().dispatch(request, *args, **kwargs)
        except ERRORS as error:
            if isinstance(error, QueryFailed):
                log.exception("Report not answered. page=%s key=%s", self.namespace, kwargs.get("key", ""))
            return self.problem(problem_of(error), detail=detail_of(error))

    def turned(self, query: QueryDict) -> QueryDict | None:
        """Return the address that a form's answer means; what is no filter stays in the form of the page.

        Raises QuestionWrong, PeriodUnreadable, FilterWrong.
        """
        try:
            return settled(query, self.filter_check)
        except FilterRefused as error:
            if not self.has_filter_form:
                raise
            self.draft = error.draft
            self.address = self.address.without_draft()
            return None

    def filter_check(self, key: str, value: str) -> None:
        """Refuse what is no filter of the site. Raises FilterWrong, SiteUnknown."""
        filters_read({key: [value]}, lambda: goals_of(sitebook.site(self.address.query.get("site", "")).id))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer."""
        return self.answer(request, *args, **kwargs)

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request; subclasses do."""
        raise NotImplementedError

    def report(self, key: str) -> Report:
        """Return a report as the reader may see it. Raises PlugUnknown, ReportHidden."""
        return report_for(self.request.user, key)

    def question(self, report: Report, now: datetime, query: QueryDict | None = None) -> Question:
        """Return what is asked of a report: by the page's address, or by another query."""
        asked = self.address.question_query() if query is None else query
        return Question.from_address(asked, report=report, now=now)

    def controls(self, question: Question, today: date, report: Report) -> Controls:
        """Return what stands above the figures."""
        made = controls(question, self.address, today, report, self.draft)
        return replace(made, kept=kept_filters(self.request, question, self.address))

    def export_url(self, report: Report, word: str, drawn: str | None = None) -> str:
        """Return the address of what is asked as a file."""
        query = self.address.question_query()
        query.pop("page", None)
        if drawn:
            query["draw"] = drawn
        return self.address.to("export", report.key, word, query=query)

    def drawer(self, answer: Answer) -> Drawer:
        """Return how the answer was computed."""
        return drawer(answer, self.address, can_view_facts=self.can_view_facts)

    def emptiness(self, answer: Answer, today: date) -> Emptiness:
        """Return what is said where there is nothing to show."""
        site = answer.question.site
        return emptiness(answer, self.address, today, tracker_line(self.request, site), self._check(site))

    def _check(self, site: SiteInfo) -> str:
        """Return where a reader who may can check whether the tracker is in the pages, "" for others."""
        if not self.request.user.has_perm("zoco_sites.change_site"):
            return ""
        try:
            return reverse("zoco_site_check", args=[site.id])
        except NoReverseMatch:
            return ""

    def _new_site(self) -> str:
        """Return where a reader who may makes a site, "" for others."""
        if not self.request.user.has_perm("zoco_sites.add_site"):
            return ""
        try:
            return reverse("zoco_sites:add")
        except NoReverseMatch:
            return ""

    @property
    def can_view_facts(self) -> bool:
        """Whether the reader may see facts."""
        return self.request.user.has_perm("zoco_ledger.view_facts")

    def problem(self, problem: Problem, detail: Detail | None = None) -> HttpResponse:
        """Answer with a page that says what is wrong and what to do."""
        response = self.page(
            "zoco/ledger/problem.html",
            None,
            status=problem.status,
            title=problem.title,
            problem=problem,
            detail=detail if problem.shows_detail else None,
            site_links=self._site_links(None) if problem.remedy == "site" else [],
            new_site_url=self._new_site() if problem.remedy == "new" else "",
            without_query=self.request.path,
            without_period=self.address.changed(period=None),
        )
        if problem.status == 503:
            response.headers["Retry-After"] = "3"
        return response

    def page(self, template: str, site: SiteInfo | None, *, status: int = 200, **values: Any) -> HttpResponse:
        """Answer with a page, about a site unless there is none; `values` have at least its title."""
        return render(self.request, template, self.context(site) | values, status=status)

    def last_page(self, number: int) -> HttpResponse:
        """Lead a reader beyond the last page back to it."""
        return HttpResponseRedirect(self.request.path + self.address.changed(page=str(number)))

    def context(self, site: SiteInfo | None) -> Context:
        """Return what every template needs: the frame, the site, the way back."""
        return {
            "frame": self.frame,
            "site": site,
            "is_demo": bool(site and site.is_demo),
            "sites": self._site_links(site) if site else [],
            "index_url": self.index_url(),
            "can_view_facts": self.can_view_facts,
            "values_url": self.address.to("values", query=self.address.shared()) if site else "",
        }

    def index_url(self) -> str:
        """Return the address of the list of reports."""
        return self.address.to("index", query=QueryDict())

    def _site_links(self, current: SiteInfo | None) -> list[Context]:
        """Return a link for each site; none when there is only one to choose."""
        known = sitebook.sites()
        if current is not None and len(known) < 2:
            return []
        return [
            {"label": info.name, "url": self.address.changed(site=info.slug), "is_current": info == current}
            for info in known
        ]
