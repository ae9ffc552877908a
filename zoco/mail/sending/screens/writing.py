"""Pages on which a sending is prepared, and what is tried on a part of its people first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.mail.sending.models import REST, Sending
from zoco.mail.sending.screens.forms import SendingForm, TestForm, accounts, letters
from zoco.mail.sending.screens.frame import ADD, CHANGE, page, who
from zoco.mail.sending.services import SendingWrong, sending_write, trial_write
from zoco.people.audiences.models import Audience
from zoco.people.opening import for_whom


def said_here(wrong: Said) -> str:
    """Return what is wrong, in the reader's language."""
    return _(wrong.words) % wrong.places


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a sending."""
    missing = {
        "letter": not letters().exists(),
        "audience": not Audience.objects.exists(),
        "account": not accounts().exists(),
    }
    first = {"letter": request.GET.get("letter"), "audience": request.GET.get("audience")}
    form = SendingForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        made = sending_write(sending=form.save(commit=False), at=timezone.now(), by=who(request))
        return redirect("zoco_sending", pk=made.pk)
    return page(request, "write", _("New sending"), form=form, missing=missing, is_new=True)


@for_whom(CHANGE, "GET", "HEAD", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was not started yet."""
    sending = get_object_or_404(Sending, pk=pk)
    if sending.state != Sending.State.DRAFT:
        return redirect("zoco_sending", pk=pk)
    form = SendingForm(request.POST if request.method == "POST" else None, instance=sending)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            sending_write(sending=form.save(commit=False), at=timezone.now())
        except SendingWrong as wrong:
            problem = said_here(wrong)
        else:
            return redirect("zoco_sending", pk=pk)
    return page(request, "write", _("Edit"), sending=sending, form=form, problem=problem)


@for_whom(CHANGE, "GET", "HEAD", "POST")
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is tried on a part of the people first."""
    sending = get_object_or_404(Sending.objects.select_related("letter"), pk=pk)
    if sending.state != Sending.State.DRAFT:
        return redirect("zoco_sending", pk=pk)
    kept = list(sending.legs.exclude(arm=REST).select_related("letter"))
    form = TestForm(request.POST if request.method == "POST" else None, instance=sending, legs=kept)
    problem = ""
    if request.method == "POST" and form.is_valid():
        legs = form.legs() if request.POST.get("act") != "none" else []
        try:
            trial_write(sending=form.save(commit=False), legs=legs)
        except SendingWrong as wrong:
            problem = said_here(wrong)
        else:
            return redirect("zoco_sending", pk=pk)
    return page(
        request, "test", _("Test first"), sending=sending, form=form, problem=problem, is_there=bool(kept)
    )
