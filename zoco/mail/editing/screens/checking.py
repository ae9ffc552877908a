"""What is to be seen to before a letter is sent, and a test of it to oneself."""

from uuid import uuid4

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.channels.models import Message
from zoco.channels.sealing import SealBroken
from zoco.kit.said import Said
from zoco.mail.editing.checks.checking import letter_checks, letter_links_follow
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.screens.listing import page
from zoco.mail.editing.screens.opening import CHANGE, SEE
from zoco.mail.editing.screens.previewing import SEE_PEOPLE
from zoco.mail.editing.single import Leaving, letter_test
from zoco.mail.editing.wrongs import words_of
from zoco.people.models import Person
from zoco.people.opening import for_whom


@for_whom(SEE, "GET", "HEAD", "POST")
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """List what was found; follow the links when a button says so."""
    letter = get_object_or_404(Letter.objects.select_related("site"), pk=pk)
    told = ""
    if request.method == "POST":
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        left = letter_links_follow(letter)
        told = _("The links were followed.")
        if left:
            words = ngettext(
                "%(left)d link was not: there was no time.",
                "%(left)d links were not: there was no time.",
                left,
            )
            told = f"{told} {words % {'left': left}}"
    found = letter_checks(letter)
    return page(
        request,
        "checks",
        _("Checks"),
        letter=letter,
        found=found,
        bad=sum(each.grade == "bad" for each in found),
        told=told,
        several=letter.editions.count() > 1,
        editions=letter.editions.order_by("pk"),
        may_change=request.user.has_perm(CHANGE),
        nonce=uuid4().hex,
    )


@for_whom(CHANGE, "POST")
def test(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Send a test to whoever asks, once for each time that the page was shown."""
    letter = get_object_or_404(Letter.objects.select_related("site", "account"), pk=pk)
    edition = get_object_or_404(Edition, letter=letter, language=language)
    key, nonce = request.POST.get("person", ""), request.POST.get("nonce", "")[:32]
    if not isinstance(request.user, User) or not nonce.isalnum():
        return redirect("zoco_letter_checks", pk=pk)
    seen_by = None
    if key.isascii() and key.isdecimal() and len(key) < 19 and request.user.has_perm(SEE_PEOPLE):
        seen_by = Person.objects.filter(pk=int(key), merged_into=None).first()
    problem, leaving = "", None
    try:
        leaving = letter_test(
            letter=letter, edition=edition, by=request.user, nonce=nonce, now=timezone.now(), seen_by=seen_by
        )
    except (Said, SealBroken) as wrong:
        problem = words_of(wrong) if isinstance(wrong, Said) else str(wrong)
    return page(
        request,
        "tested",
        _("Test"),
        letter=letter,
        edition=edition,
        problem=problem,
        is_sent=leaving is not None and leaving.fate.state == Message.State.SENT,
        state=Message.State(leaving.fate.state).label if leaving else "",
        reason=leaving.fate.reason if leaving else "",
        because=_because(leaving),
        to=request.user.email,
        status=422 if problem else 200,
    )


def _because(leaving: Leaving | None) -> str:
    """Say why a test did not leave, where permission or the account keeps it."""
    if leaving is None or leaving.fate.state not in (Message.State.REFUSED, Message.State.WAITS):
        return ""
    return _("The channels say why: look at this message there.")
