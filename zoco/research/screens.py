"""What pages of studies share: begin one, stop it, delete it, and say how far it is."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, moments
from zoco.ledger.sitebook import SiteInfo
from zoco.people.opening import for_whom
from zoco.research import studies
from zoco.research.models import Study
from zoco.research.opening import ADD, DELETE, SEE
from zoco.research.studies import StudyWrong
from zoco.sites.wording import said_again

State = Study.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross"}
PAGES = {Study.Kind.VALUE: "zoco_value", Study.Kind.PERSONAS: "zoco_personas"}
LISTED = 10


def begin(request: HttpRequest, site: SiteInfo, kind: str, wanted: dict[str, Any]) -> str:
    """Begin a study; returns what is wrong, "" for nothing."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    try:
        studies.study_begin(site=site.id, kind=kind, wanted=wanted, by=request.user.pk, at=timezone.now())
    except StudyWrong as wrong:
        return said_again(wrong.words, wrong.places)
    return ""


def page_url(kind: str, site: SiteInfo, **query: Any) -> str:
    """Return the address of a kind's page."""
    return f"{reverse(PAGES[Study.Kind(kind)])}?{urlencode({'site': site.slug, **query})}"


def of_page(request: HttpRequest, site: SiteInfo, kind: str) -> dict[str, Any]:
    """Return the study under way, the one that is shown and the others, with what the reader may do."""
    mine = Study.objects.filter(site=site.id, kind=kind)
    listed = list(mine.defer("found").order_by("-pk")[:LISTED])
    shown = mine.filter(state=State.DONE)
    asked = request.GET.get("study", "")
    if asked:
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 19
        shown = shown.filter(pk=int(asked)) if is_number else shown.none()
    study = shown.order_by("-pk").first()
    if asked and study is None:
        raise Http404(_("There is no such study."))
    last = listed[0] if listed else None
    return {
        "running": _running(last) if last and last.is_open else None,
        "failed": _failed(last) if last and last.state in (State.FAILED, State.STOPPED) else "",
        "study": study,
        "made": moments.said(study.until_at) if study else "",
        "others": [_line(each, site, study) for each in listed],
        "may_add": request.user.has_perm(ADD),
        "may_delete": request.user.has_perm(DELETE),
    }


def _running(study: Study) -> dict[str, Any]:
    progress = {"done": formats.count(study.done), "total": formats.count(study.total)}
    is_known = study.total > 0
    return {
        "study": study,
        "progress": _("%(done)s of %(total)s steps") % progress if is_known else study.get_state_display(),
        "share": round(100 * study.done / study.total) if is_known else 0,
    }


def _failed(study: Study) -> str:
    if study.state == State.STOPPED:
        return _("The last study was stopped; nothing of it was kept.")
    return said_again(study.said, study.places)


def _line(study: Study, site: SiteInfo, shown: Study | None) -> dict[str, Any]:
    return {
        "study": study,
        "icon": ICONS.get(State(study.state), "time"),
        "when": moments.said(study.created_at),
        "why": said_again(study.said, study.places),
        "url": page_url(study.kind, site, study=study.pk) if study.state == State.DONE else "",
        "is_shown": shown is not None and shown.pk == study.pk,
    }


@for_whom(SEE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop or delete a study."""
    study, wanted = get_object_or_404(Study, pk=pk), request.POST.get("do", "")
    site = next((each for each in sitebook.sites() if each.id == study.site_id), None)
    if site is None:
        raise Http404
    if wanted in ("stop", "delete") and not request.user.has_perm(ADD if wanted == "stop" else DELETE):
        raise PermissionDenied
    if wanted == "stop":
        studies.RUNS.stop(study)
    elif wanted == "delete":
        studies.RUNS.discard(study)
    return redirect(page_url(study.kind, site))
