"""A letter as a real person would read it: on a wide or narrow, light or dark screen, and as plain text."""

import json
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.editing.screens.blocks import conditions_offered
from zoco.mail.editing.screens.listing import page
from zoco.mail.editing.screens.opening import CHANGE, SEE
from zoco.mail.editing.seeing import Look, data_sample, letter_seen, page_in
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.drafts import language_chosen
from zoco.people.models import Identity, Person
from zoco.people.opening import for_whom
from zoco.people.paging import people_page

FOUND_MOST = 10
SEE_PEOPLE = "zoco_people.view_person"
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src http: https: data:; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'"
)
"""Of a sheet: nothing runs, nothing is sent; pictures come from where they will come from."""


def sheet(html: str) -> HttpResponse:
    """Answer with somebody's HTML, in which nothing runs."""
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@for_whom(SEE)
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show an edition as somebody reads it."""
    letter, edition = _edition(pk, language)
    person, query = _person(request), request.GET.get("q", "").replace("\0", "").strip()[:200]
    problem, look = "", None
    try:
        look = _look(request, letter, edition, person)
    except ValueError as wrong:
        problem = words_of(wrong) if isinstance(wrong, Said) else _("The data are no JSON.")
    others = list(letter.editions.order_by("pk"))
    asked = {
        name: request.GET[name] for name in ("person", "data", "dark", "narrow") if request.GET.get(name)
    }
    base = reverse("zoco_letter_preview", args=[pk, language])
    return page(
        request,
        "preview",
        _("Preview"),
        letter=letter,
        edition=edition,
        person=person,
        query=query,
        found=_found(request, query, asked, base),
        may_people=request.user.has_perm(SEE_PEOPLE),
        may_change=request.user.has_perm(CHANGE),
        reads=_reads(person, others) if person else "",
        look=look.seen if look else None,
        conditions=_conditions(look),
        data=_data_shown(request, look),
        problem=problem,
        is_dark="dark" in asked,
        is_narrow="narrow" in asked,
        asked=asked,
        nonce=uuid4().hex,
        ways=_ways(asked, base),
        tabs=[(each.language, each.tongue, _url(each.language, letter, asked)) for each in others],
        sheet=f"{reverse('zoco_letter_sheet', args=[pk, language])}?{urlencode(asked)}",
    )


@for_whom(SEE)
def preview_sheet(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Answer with the HTML alone, for the frame of the preview."""
    letter, edition = _edition(pk, language)
    try:
        look = _look(request, letter, edition, _person(request))
    except ValueError as wrong:
        words = words_of(wrong) if isinstance(wrong, Said) else _("The data are no JSON.")
        return sheet(f"<!doctype html><title>{escape(words)}</title><p>{escape(words)}</p>")
    return sheet(page_in(look.seen.html, is_dark=bool(request.GET.get("dark"))))


def _conditions(look: Look | None) -> list[tuple[str, bool]]:
    """Return what blocks ask for, in words, and whether it is true for whoever reads the letter."""
    if look is None or not look.letter.conditions:
        return []
    words = {key: label for label, key in conditions_offered().items()}
    return [(words.get(each, each), each in look.holds) for each in sorted(look.letter.conditions)]


def _edition(pk: int, language: str) -> tuple[Letter, Edition]:
    letter = get_object_or_404(Letter.objects.select_related("site"), pk=pk)
    return letter, get_object_or_404(Edition, letter=letter, language=language)


def _look(request: HttpRequest, letter: Letter, edition: Edition, person: Person | None) -> Look:
    """Return what is seen. Raises LetterWrong, PlaceholderWrong, ValueError for data that are no JSON."""
    draft = draft_of(edition, look=look_read(letter.look), base=letter_base(letter))
    given = request.GET.get("data", "").strip()
    try:
        data = json.loads(given, parse_constant=_no_number) if given else None
    except RecursionError as error:
        raise ValueError(given[:80]) from error
    return letter_seen(draft, person=person, data=data)


def _no_number(word: str) -> None:
    """Refuse what Python alone takes for a number. Raises ValueError."""
    raise ValueError(word)


def _person(request: HttpRequest) -> Person | None:
    key = request.GET.get("person", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19 and request.user.has_perm(SEE_PEOPLE)):
        return None
    return Person.objects.filter(pk=int(key), merged_into=None).first()


def _found(request: HttpRequest, query: str, asked: dict[str, str], base: str) -> list[dict[str, str]]:
    """Return people whom words find, each with the address that shows the letter as he reads it."""
    if not query or not request.user.has_perm(SEE_PEOPLE):
        return []
    people = people_page(query=query, size=FOUND_MOST).people
    emails = dict(
        Identity.objects.filter(person__in=people, kind=Identity.Kind.EMAIL)
        .order_by("is_main", "-id")
        .values_list("person", "value")
    )
    return [
        {
            "name": str(each),
            "email": emails.get(each.pk, ""),
            "url": f"{base}?{urlencode({**asked, 'person': str(each.pk)})}",
        }
        for each in people
    ]


def _reads(person: Person, editions: list[Edition]) -> str:
    chosen = language_chosen(person.language, [each.language for each in editions])
    return next(each.tongue for each in editions if each.language == chosen)


def _data_shown(request: HttpRequest, look: Look | None) -> str:
    """Return the data as they stand in the form; empty where the letter asks for none."""
    if given := request.GET.get("data", ""):
        return given
    if look is None or not any(name.startswith("data.") for name in look.letter.asked.names):
        return ""
    return json.dumps(data_sample(look.letter), ensure_ascii=False, indent=1)


def _ways(asked: dict[str, str], base: str) -> list[dict[str, Any]]:
    """Return the screens that may be chosen, with their addresses."""

    def way(label: str, name: str, value: str) -> dict[str, Any]:
        kept = {key: each for key, each in asked.items() if key != name} | ({name: value} if value else {})
        is_now = asked.get(name, "") == value
        return {"label": label, "url": f"{base}?{urlencode(kept)}", "is_now": is_now}

    return [
        {"label": _("Width"), "ways": [way(_("wide"), "narrow", ""), way(_("as a phone"), "narrow", "1")]},
        {"label": _("Screen"), "ways": [way(_("light"), "dark", ""), way(_("dark"), "dark", "1")]},
    ]


def _url(language: str, letter: Letter, asked: dict[str, str]) -> str:
    return f"{reverse('zoco_letter_preview', args=[letter.pk, language])}?{urlencode(asked)}"
