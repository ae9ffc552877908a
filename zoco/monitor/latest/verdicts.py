"""The page "Verdicts": how many of each, what each rule means, the facts behind, and the history anew."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.asking.answer import Row
from zoco.ledger.asking.ask import ask_all
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.report import Report, report_named
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import head_of_site, site_chosen
from zoco.monitor.latest.rules import FORGED, MEANINGS, meaning_of, reason_said
from zoco.sites.crawlers.bots import KINDS
from zoco.sites.sourcing import services
from zoco.sites.sourcing.screens import CHANGE, run_shown

SEE, FACTS = "zoco_ledger.view_reports", "zoco_ledger.view_facts"
PERIODS = ("7d", "30d", "365d")
RULES_MOST = 30


@dataclass(slots=True)
class Part:
    """A verdict: how many facts, and those of its reasons that have most."""

    verdict: str
    title: str
    meaning: str
    url: str
    facts: int = 0
    rules: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """What a rule says, and the reasons that it gave."""
    shown: int = 0
    further: int = 0

    @property
    def count(self) -> str:
        return formats.count(self.facts)

    @property
    def more(self) -> str:
        """Return how many reasons are not shown, in words."""
        said = ngettext("%(count)s more reason", "%(count)s more reasons", self.further)
        return said % {"count": formats.count(self.further)} if self.further else ""


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def verdicts(request: HttpRequest) -> HttpResponse:
    """Show the verdicts of a site and a period."""
    sites = sitebook.sites()
    if not sites:
        return redirect("zoco_ledger:index")  # which says what to do
    site = site_chosen(sites, request.GET.get("site", ""))
    period = request.GET.get("period", "")
    period = period if period in PERIODS else "30d"
    asked = {"site": site.slug, "period": period}
    report = report_named("verdicts")
    question = Question.from_address(asked, report=report, now=datetime.now(UTC))
    facts = asked if request.user.has_perm(FACTS) else {}
    where = reverse("zoco_desk:report", args=["verdicts"])
    shown = {
        **head_of_site(_("Verdicts"), site, sites),
        "icon_name": "view",
        **_asked(report, question, facts),
        "periods": [(each, _period(each), each == period) for each in PERIODS],
        "period": period,
        "report_url": f"{where}?{urlencode(asked)}",
        "may_change": request.user.has_perm(CHANGE),
        "can_apply": services.can_apply(),
        "back": "verdicts",
        **run_shown(services.last_run(site.id)),
    }
    return render(request, "zoco/monitor/verdicts.html", shown)


def _asked(report: Report, question: Question, facts: dict[str, str]) -> dict[str, Any]:
    try:
        _answer, rows = ask_all(report, question)
        return {"parts": parts_of(rows, facts), "problem": ""}
    except (StoreBusy, QueryFailed):
        return {"parts": [], "problem": _("The ledger cannot answer now. Try again in a minute.")}


def parts_of(rows: Iterable[Row], facts: dict[str, str]) -> list[Part]:
    """Return the verdicts in turn; `facts` leads to facts, {} for whoever may not see them."""
    parts = {
        verdict: Part(verdict, value_label("verdict", "verdict", verdict), str(meaning), _url(facts, verdict))
        for verdict, meaning in MEANINGS.items()
    }
    for row in rows:
        part, reason = parts[str(row.key["verdict"])], str(row.key["reason"])
        times = int(row.values["facts"] or 0)
        part.facts += times
        if reason and part.shown >= RULES_MOST:
            part.further += 1
        elif reason:
            part.shown += 1
            lines = part.rules.setdefault(meaning_of(part.verdict, reason), [])
            lines.append(_line(reason, times, _url(facts, part.verdict, reason)))
    return list(parts.values())


def _line(reason: str, times: int, url: str) -> dict[str, str]:
    kind = KINDS.get(reason.removesuffix(FORGED))
    return {
        "reason": reason_said(reason),
        "kind": value_label("kind", "text", kind) if kind else "",
        "count": formats.count(times),
        "url": url,
    }


def _url(facts: dict[str, str], verdict: str, reason: str = "") -> str:
    named = {"f.reason": reason} if reason else {}
    asked = urlencode(facts | {"verdicts": verdict} | named)
    return f"{reverse('zoco_desk:facts')}?{asked}" if facts else ""


def _period(key: str) -> str:
    days = int(key.removesuffix("d"))
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": formats.count(days)}
