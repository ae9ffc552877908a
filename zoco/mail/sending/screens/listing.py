"""All sendings, and one: what it is, what speaks against it, how far it is, what came of it."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_within
from zoco.mail.counting.figures import LetterFigures, share
from zoco.mail.sending.checks import Weight, legs_of, problems_of
from zoco.mail.sending.left import trial_due
from zoco.mail.sending.models import OPEN, REST, Sending
from zoco.mail.sending.people import arm_sizes, people_of
from zoco.mail.sending.reads import progress_of, report_of
from zoco.mail.sending.reports.rows import cell
from zoco.mail.sending.screens import saying
from zoco.mail.sending.screens.frame import ADD, CHANGE, DELETE, SEE, START, moment, page
from zoco.mail.sending.screens.mapping import sent_drafts
from zoco.mail.sending.trying import arm_figures
from zoco.people.opening import for_whom

PAGE = 50
REPORT_SECONDS = 15
ROUNDED_UP = timedelta(minutes=1)  # moments are shown without their seconds
State = Sending.State


@for_whom(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """List the sendings."""
    rows = Sending.objects.defer("people").select_related("letter", "audience").order_by("-pk")
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [_line(each) for each in listed]
    may_add = request.user.has_perm(ADD)
    return page(request, "sendings", _("Sendings"), lines=lines, page=listed, may_add=may_add)


def _line(sending: Sending) -> dict[str, Any]:
    is_draft = sending.state == State.DRAFT
    return {
        "sending": sending,
        "state": state_said(sending),
        "audience": audience_said(sending),
        "people": "" if is_draft else formats.count(sending.total),
        "at": moment(sending.starts_at if is_draft else sending.started_at),
    }


def state_said(sending: Sending) -> str:
    """Say how far it is."""
    if sending.paused_at is not None:
        return pgettext("state of a sending", "paused")
    return sending.get_state_display()


def audience_said(sending: Sending) -> str:
    """Say whom it is for."""
    if sending.is_again:
        first = sending.again_of.name if sending.again_of else "–"
        return _("who did not open %(sending)s") % {"sending": first}
    return sending.audience.name if sending.audience else _("an audience that is gone")


@for_whom(SEE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sending."""
    return shown(request, get_object_or_404(Sending, pk=pk))


def shown(request: HttpRequest, sending: Sending, problem: str = "", *, status: int = 200) -> HttpResponse:
    """Render the page of one."""
    is_draft = sending.state == State.DRAFT
    values = _draft(sending) if is_draft else _started(sending)
    return page(
        request,
        "sending",
        sending.name,
        sending=sending,
        status=status,
        problem=problem,
        is_draft=is_draft,
        state=state_said(sending),
        audience=audience_said(sending),
        starts_at=moment(sending.starts_at),
        started_at=moment(sending.started_at),
        ended_at=moment(sending.ended_at),
        subjects=subjects_of(sending),
        may_change=is_draft and request.user.has_perm(CHANGE),
        may_delete=is_draft and request.user.has_perm(DELETE),
        may_start=request.user.has_perm(START),
        may_add=request.user.has_perm(ADD),
        acts=acts(sending),
        sheets=sheets_of(sending),
        **values,
    )


def sheets_of(sending: Sending) -> list[tuple[str, str, str, str]]:
    """Return the language, its name, subject and address of what is sent, for frames."""
    return [
        (
            each.language,
            language_within(each.language),
            each.subject,
            reverse("zoco_sending_sheet", args=[sending.pk, each.language]),
        )
        for each in sent_drafts(sending)
    ]


def subjects_of(sending: Sending) -> list[tuple[str, str]]:
    """Return (name of the language, subject) of what is sent: of what left, whatever the letter says now."""
    return [(language_within(each.language), each.subject) for each in sent_drafts(sending)]


def acts(sending: Sending) -> set[str]:
    """Return what may be done with it now."""
    if sending.state in OPEN:
        return {"resume" if sending.paused_at else "pause", "stop"}
    return {"again"} if sending.state == State.ENDED and sending.people else set()


def _draft(sending: Sending) -> dict[str, Any]:
    people, legs = people_of(sending), legs_of(sending)
    problems = problems_of(sending, now=timezone.now(), people=people, legs=legs)
    arms = []
    if len(legs) > 1:
        for leg, size in zip(legs, arm_sizes(sending, len(people), len(legs)), strict=True):
            leg.size = size
            arms.append(saying.arm_said(leg, sending))
    counted_at = sending.audience.counted_at if sending.audience else None
    return {
        "counted": moment(counted_at),
        "size": formats.count(len(people)),
        "number": len(people),
        "problems": saying.problems_said(problems),
        "is_held": any(each.weight == Weight.STOPS for each in problems),
        "arms": arms,
    }


def _started(sending: Sending) -> dict[str, Any]:
    progress = progress_of(sending, now=timezone.now())
    return {
        "size": formats.count(sending.total),
        "number": sending.total,
        "is_open": sending.state in OPEN,
        "progress": progress,
        "trouble": progress.trouble or ("" if sending.account else _("Its account is there no more.")),
        "held": saying.held_said(progress),
        "done": 100 * progress.ended // max(progress.total, 1),
        "ended": formats.count(progress.ended),
        "counts": saying.counts_said(progress),
        "because": saying.because_said(progress),
        "per_minute": formats.count(round(progress.per_minute)),
        "ends_at": moment(progress.ends_at and progress.ends_at + ROUNDED_UP),
        "next_at": moment(progress.next_at),
        "report": saying.report_said(_report(sending)) if progress.sent else None,
        **_trial(sending),
    }


def _report(sending: Sending) -> LetterFigures:
    """Return what came of it; of one that goes on not anew for each look at its page."""
    if sending.state not in OPEN:
        return report_of(sending)
    key = f"zoco_mail.sending.report.{sending.pk}"
    found: LetterFigures | None = cache.get(key)
    if found is None:
        found = report_of(sending)
        cache.set(key, found, REPORT_SECONDS)
    return found


def _trial(sending: Sending) -> dict[str, Any]:
    if sending.decides_at is None:
        return {}
    now, due = timezone.now(), sending.decides_at
    if sending.verdict:
        counted = {arm: (hits, of) for arm, hits, of in sending.decision["arms"]}
    else:
        clicks = sending.test_metric == Sending.Metric.CLICKS
        found = arm_figures(sending, now=now) if clicks else []
        due = trial_due(sending, now=now)
        counted = {each.arm: (each.successes, each.trials) for each in found}
    arms = []
    for leg in sending.legs.exclude(arm=REST).select_related("letter").defer("people", "editions"):
        figure = cell(share(*counted[leg.arm])) if leg.arm in counted else None
        arms.append({**saying.arm_said(leg, sending), "figure": figure})
    return {
        "arms": arms,
        "verdict": saying.verdict_said(sending),
        "decides_at": moment(due),
        "metric": sending.get_test_metric_display(),
    }
