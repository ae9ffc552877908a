"""All letters, a new one, one with its languages, and what it is for."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zoco.ledger.pictures import moments
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.views.heads import head
from zoco.mail.editing.gallery.ready import READY, Ready, letter_begin, ready_of
from zoco.mail.editing.models import Edition, EditionChange, Letter
from zoco.mail.editing.reads import look_read, site_usual, topic_said, topic_usual
from zoco.mail.editing.screens.forms import EditionForm, LanguagesForm, LetterForm, LookForm
from zoco.mail.editing.screens.opening import ADD, CHANGE, SEE
from zoco.mail.editing.services import (
    WRITTEN,
    Words,
    edition_delete,
    edition_write,
    letter_archive,
    letter_copy,
    letter_keep,
    letter_write,
)
from zoco.mail.letters.drafts import LetterWrong
from zoco.people.opening import for_whom

PAGE = 50
QUERY_LONGEST = 120


def page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    letter: Letter | None = None,
    status: int = 200,
    **values: object,
) -> HttpResponse:
    """Render a page of letters."""
    shown = head(title, "mail")
    crumbs: list[dict[str, object]] = [{"url": reverse("zoco_letters"), "label": _("Letters")}]
    if letter is not None and letter.pk is not None and template != "letter":
        crumbs.append({"url": reverse("zoco_letter", args=[letter.pk]), "label": letter.name})
    if template != "letters":
        shown["breadcrumbs_items"] = [*crumbs, {"url": None, "label": title}]
    values = {**shown, **values, "letter": letter}
    return render(request, f"zoco/mail/letters/{template}.html", values, status=status)


def user_of(request: HttpRequest) -> User | None:
    """Return who asks, where he has an account of his own."""
    return request.user if isinstance(request.user, User) else None


@for_whom(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """List the letters, the last changed one first."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_LONGEST]
    is_archived = request.GET.get("archived") == "1"
    changes = EditionChange.objects.filter(letter=OuterRef("pk")).order_by("-at", "-pk")
    last_by = Subquery(changes.values(f"by__{get_user_model().USERNAME_FIELD}")[:1])
    found = Letter.objects.filter(is_archived=is_archived).select_related("by").annotate(last_by=last_by)
    if query:
        said = Edition.objects.filter(subject__icontains=query).values("letter")
        found = found.filter(Q(name__icontains=query) | Q(key__icontains=query) | Q(pk__in=said))
    listed = Paginator(found.order_by("-changed_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "letters",
        _("Letters"),
        lines=_lines(list(listed)),
        page=listed,
        query=query,
        is_archived=is_archived,
        is_any=bool(listed) or Letter.objects.exists(),
        may_add=request.user.has_perm(ADD),
    )


def _lines(letters: list[Letter]) -> list[dict[str, Any]]:
    languages: dict[int, list[str]] = {each.pk: [] for each in letters}
    rows = Edition.objects.filter(letter__in=languages).order_by("pk").values_list("letter", "language")
    for pk, language in rows:
        languages[pk].append(language_name(language))
    return [
        {
            "letter": each,
            "purpose": each.get_purpose_display(),
            "languages": ", ".join(languages[each.pk]),
            "at": moments.said(each.changed_at),
            "by": getattr(each, "last_by", "") or (each.by.get_username() if each.by else ""),
        }
        for each in letters
    ]


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a letter: empty, as one of the gallery, or as another letter."""
    ready = ready_of(request.GET.get("ready", ""))
    copied = _copied(request.GET.get("copy", ""))
    begins = Letter(
        name=str(ready.label) if ready else "",
        purpose=ready.purpose if ready else "marketing",
        site=site_usual(),
    )
    begins.topic = topic_usual() if begins.purpose == "marketing" else ""
    if copied is not None:
        begins = Letter(purpose=copied.purpose, topic=copied.topic, account=copied.account, site=copied.site)
        begins.is_counted = copied.is_counted
        begins.name = _("Copy of %(name)s") % {"name": copied.name[:100]}
    posted = request.POST if request.method == "POST" else None
    form = LetterForm(posted, instance=begins)
    languages = LanguagesForm(posted, initial={"languages": [_tongue()]})
    if posted is not None and form.is_valid() and (copied or languages.is_valid()):
        chosen = [] if copied else languages.cleaned_data["languages"]
        letter = _begun(request, form, copied, ready, chosen)
        first = letter.editions.order_by("pk").first()
        if first is not None and letter.editions.count() == 1:
            return redirect("zoco_letter_edition", pk=letter.pk, language=first.language)
        return redirect("zoco_letter", pk=letter.pk)
    return page(
        request,
        "new",
        _("New letter"),
        form=form,
        languages=None if copied else languages,
        ready=READY,
        chosen=ready.key if ready else "",
        copied=copied,
        templates=Letter.objects.filter(is_template=True, is_archived=False).order_by("name", "pk"),
        status=422 if posted is not None else 200,
    )


def _tongue() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _copied(key: str) -> Letter | None:
    is_number = key.isascii() and key.isdecimal() and len(key) < 19
    return Letter.objects.filter(pk=int(key)).first() if is_number else None


def _begun(
    request: HttpRequest, form: LetterForm, copied: Letter | None, ready: Ready | None, languages: list[str]
) -> Letter:
    letter, now, by = form.save(commit=False), timezone.now(), user_of(request)
    if copied is None:
        return letter_begin(letter=letter, ready=ready, languages=languages, at=now, by=by)
    made = letter_copy(letter=copied, name=letter.name, at=now, by=by)
    for name in ("purpose", "topic", "account", "site", "key", "is_counted"):
        setattr(made, name, getattr(letter, name))
    return letter_write(letter=made, at=now, by=by)


@for_whom(SEE, "GET", "HEAD", "POST")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter with its languages; add one, take one out, put it away, let others begin as it."""
    letter = get_object_or_404(Letter.objects.select_related("account", "site", "by"), pk=pk)
    form = EditionForm(request.POST if request.POST.get("act") == "add" else None)
    if request.method == "POST":
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        if leads := _act(request, letter, form):
            return leads
    return page(
        request,
        "letter",
        letter.name,
        letter=letter,
        form=form,
        editions=letter.editions.order_by("pk"),
        tongues=settings.LANGUAGES,
        at=moments.said(letter.changed_at),
        topic=topic_said(letter.topic),
        may_change=request.user.has_perm(CHANGE),
        may_add=request.user.has_perm(ADD),
        status=422 if request.method == "POST" else 200,
    )


def _act(request: HttpRequest, letter: Letter, form: EditionForm) -> HttpResponse | None:
    now, by = timezone.now(), user_of(request)
    match request.POST.get("act"):
        case "add" if form.is_valid():
            return _added(letter, form, request)
        case "remove":
            language = request.POST.get("language", "").replace("\0", "")
            if letter.editions.count() > 1 and letter.editions.filter(language=language).exists():
                edition_delete(letter=letter, language=language, at=now, by=by)
        case "archive" | "take_back":
            letter_archive(letter=letter, is_archived=request.POST["act"] == "archive", at=now)
        case "keep" | "drop":
            letter_keep(letter=letter, is_template=request.POST["act"] == "keep")
        case _:
            return None
    return redirect("zoco_letter", pk=letter.pk)


def _added(letter: Letter, form: EditionForm, request: HttpRequest) -> HttpResponse | None:
    language = form.cleaned_data["language"]
    if letter.editions.filter(language__iexact=language).exists():
        form.add_error("language", _("The letter has this language already."))
        return None
    first = letter.editions.order_by("pk").first()
    words = Words(**{name: getattr(first, name) for name in WRITTEN}) if first else Words()
    edition_write(letter=letter, language=language, words=words, at=timezone.now(), by=user_of(request))
    return redirect("zoco_letter_edition", pk=letter.pk, language=language)


@for_whom(CHANGE, "GET", "HEAD", "POST")
def settings_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change what a letter is for and how it looks."""
    letter = get_object_or_404(Letter, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = LetterForm(posted, instance=letter)
    look = look_read(letter.look)
    initial = {name: getattr(look, name) for name in LookForm.base_fields}
    colours = LookForm(posted, initial=initial)
    if posted is not None and form.is_valid() and colours.is_valid():
        try:
            letter_write(letter=form.save(commit=False), at=timezone.now(), look=colours.look())
        except LetterWrong as wrong:
            colours.add_error(None, _(wrong.words) % wrong.places)
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
        else:
            return redirect("zoco_letter", pk=letter.pk)
    return page(
        request,
        "settings",
        _("What the letter is for"),
        letter=letter,
        form=form,
        colours=colours,
        status=422 if posted is not None else 200,
    )
