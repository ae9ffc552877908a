"""What is done with a sending: looked at and started, held, gone on with, stopped, sent again."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.mail.sending.again import again_make
from zoco.mail.sending.checks import Weight, problems_of
from zoco.mail.sending.models import Sending
from zoco.mail.sending.people import people_of
from zoco.mail.sending.screens import saying
from zoco.mail.sending.screens.frame import ADD, DELETE, OVERRIDE, SEE, START, moment, page, who
from zoco.mail.sending.screens.listing import audience_said, shown, subjects_of
from zoco.mail.sending.screens.writing import said_here
from zoco.mail.sending.services import (
    SendingHeld,
    SendingWrong,
    sending_delete,
    sending_pause,
    sending_resume,
    sending_show,
    sending_start,
    sending_stop,
)
from zoco.people.opening import for_whom

ACTS = {"pause": sending_pause, "resume": sending_resume, "stop": sending_stop}
RIGHTS = {"delete": DELETE, "again": ADD}


@for_whom(START, "GET", "HEAD", "POST")
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Show once more what goes to how many people; start it when that is said to be right."""
    sending = get_object_or_404(Sending.objects.select_related("letter", "account", "audience"), pk=pk)
    if sending.state != Sending.State.DRAFT:
        return redirect("zoco_sending", pk=pk)
    if request.method != "POST":
        return _asked(request, sending)
    reason = request.POST.get("reason", "") if request.user.has_perm(OVERRIDE) else ""
    expected = request.POST.get("people", "")
    if not expected.isdecimal() or len(expected) > 10:
        return _asked(request, sending, _("Look at the number of people first."))
    try:
        sending_start(
            sending=sending, expected=int(expected), at=timezone.now(), by=who(request), reason=reason
        )
    except SendingHeld:
        return _asked(request, sending, _("Something speaks against it; see below."))
    except SendingWrong as wrong:
        return _asked(request, sending, said_here(wrong))
    return redirect("zoco_sending", pk=pk)


def _asked(request: HttpRequest, sending: Sending, problem: str = "") -> HttpResponse:
    now = timezone.now()
    people = people_of(sending)
    problems = problems_of(sending, now=now, people=people)
    return page(
        request,
        "start",
        _("Look and start"),
        sending=sending,
        status=422 if problem else 200,
        problem=problem,
        number=len(people),
        size=formats.count(len(people)),
        audience=audience_said(sending),
        sender=sending.account.options.get("from_address", "") if sending.account else "",
        subjects=subjects_of(sending),
        starts_at=moment(sending.starts_at) if sending.starts_at and sending.starts_at > now else "",
        problems=saying.problems_said(problems),
        is_held=any(each.weight == Weight.STOPS for each in problems),
        wants_reason=any(each.weight == Weight.OWNER for each in problems),
        may_override=request.user.has_perm(OVERRIDE),
    )


@for_whom(SEE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold it, let it go on, stop it, show it to all or no more; throw a draft away; prepare another one."""
    what, now = request.POST.get("act", ""), timezone.now()
    if not request.user.has_perm(RIGHTS.get(what, START)):
        raise PermissionDenied
    sending = get_object_or_404(Sending, pk=pk)
    try:
        if what in ("show", "hide"):
            sending_show(sending=sending, is_public=what == "show", by=who(request))
        elif what in ACTS:
            ACTS[what](sending=sending, at=now, by=who(request))
        elif what == "delete":
            sending_delete(sending=sending, by=who(request))
            return redirect("zoco_sendings")
        elif what == "again":
            return redirect("zoco_sending", pk=again_make(sending=sending, at=now, by=who(request)).pk)
        else:
            return shown(request, sending, _("Choose what to do."), status=422)
    except SendingWrong as wrong:
        return shown(request, sending, said_here(wrong), status=422)
    return redirect("zoco_sending", pk=pk)
