"""What an edition said before, and going back to it."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.ledger.pictures import moments
from zoco.mail.editing.models import Edition, EditionChange, Letter
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.editing.screens.listing import page, user_of
from zoco.mail.editing.screens.opening import CHANGE, SEE
from zoco.mail.editing.screens.previewing import sheet
from zoco.mail.editing.services import WRITTEN, EditionWrong, Words, edition_write
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.message import seen
from zoco.people.opening import for_whom

PAGE = 20


@for_whom(SEE, "GET", "HEAD", "POST")
def earlier(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """List what an edition said before; go back to one of them, which keeps what it says now."""
    letter = get_object_or_404(Letter, pk=pk)
    edition = get_object_or_404(Edition, letter=letter, language=language)
    problem = _gone_back(request, letter, edition) if request.method == "POST" else None
    if problem == "":
        return redirect("zoco_letter_edition", pk=pk, language=language)
    listed = Paginator(_versions(letter, language).select_related("by"), PAGE)
    shown = listed.get_page(request.GET.get("page"))
    return page(
        request,
        "earlier",
        _("Earlier versions"),
        letter=letter,
        edition=edition,
        page=shown,
        lines=[
            {
                "version": each,
                "at": moments.said(each.at),
                "by": each.by.get_username() if each.by else "",
                "kind": each.get_kind_display(),
            }
            for each in shown
        ],
        problem=problem,
        may_change=request.user.has_perm(CHANGE),
        status=422 if problem else 200,
    )


def _gone_back(request: HttpRequest, letter: Letter, edition: Edition) -> str:
    """Write an earlier version anew; returns why it could not be, or nothing."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    key = request.POST.get("version", "")
    is_number = key.isascii() and key.isdecimal() and len(key) < 19
    version = get_object_or_404(_versions(letter, edition.language), pk=int(key) if is_number else 0)
    words = Words(**{name: getattr(version, name) for name in WRITTEN})
    try:
        edition_write(
            letter=letter, language=edition.language, words=words, at=timezone.now(), by=user_of(request)
        )
    except EditionWrong as wrong:
        return str(wrong)
    return ""


@for_whom(SEE)
def earlier_sheet(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Show what an edition said before, as it would be read with nothing known of the reader."""
    letter = get_object_or_404(Letter.objects.select_related("site"), pk=pk)
    change = get_object_or_404(EditionChange, letter=letter, pk=version)
    draft = draft_of(change, look=look_read(letter.look), base=letter_base(letter))
    try:
        html = seen(compiled(draft), {}).html
    except Said as wrong:
        html = f"<!doctype html><p>{escape(words_of(wrong))}</p>"
    return sheet(html)


def _versions(letter: Letter, language: str) -> QuerySet[EditionChange]:
    return EditionChange.objects.filter(letter=letter, language=language).order_by("-at", "-pk")
