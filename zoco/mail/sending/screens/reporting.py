"""Reports of letters: of a sending, of a letter on all its ways, of all of them; who was held back."""

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zoco.kit import noting
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.pictures.spoken import spoken
from zoco.ledger.services import NAME
from zoco.mail.counting.credit import CREDIT_DAYS, ORDERED
from zoco.mail.counting.domains import domain_figures
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Scope
from zoco.mail.counting.settling import SETTLED_AFTER
from zoco.mail.editing.models import Letter
from zoco.mail.editing.screens import opening as letters
from zoco.mail.sending.models import ARMS, Leg, Sending
from zoco.mail.sending.reports import scopes
from zoco.mail.sending.reports.held import held_counts, held_file, held_rows
from zoco.mail.sending.reports.rows import (
    Credit,
    delivery_said,
    domains_said,
    heads,
    links_said,
    parts_said,
    whole_of,
    whole_said,
)
from zoco.mail.sending.reports.scopes import Part
from zoco.mail.sending.screens import opened
from zoco.mail.sending.screens.frame import SEE, page
from zoco.mail.sending.screens.narrowing import Narrow, narrow_of
from zoco.people.opening import for_whom
from zoco.people.screens.opening import EXPORT

KEPT_SECONDS = 60
PERIODS = (30, 90, 365)
WINDOWS = (1, 3, 7, 14, 30)
PARTS_SHOWN = 25


@for_whom(SEE)
def of_sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a sending, by arm, link, domain."""
    sending = get_object_or_404(Sending.objects.defer("people").select_related("letter"), pk=pk)
    credit, narrow = _credit(request, sending.test_fact), narrow_of(request)
    whole, parts = scopes.sending_parts(sending, arm=narrow.arm)
    maps = [
        {
            "url": reverse("zoco_letter_map", args=["leg", leg.pk, each["language"]]),
            "label": _label(leg, each),
        }
        for leg in sending.legs.defer("people").exclude(batch=None).order_by("arm")
        for each in leg.editions
    ]
    shown = _shown(request, whole, parts, credit, narrow, f"sending.{pk}")
    return page(
        request,
        "report",
        _("Report"),
        sending=sending,
        maps=maps,
        by=_("Arm"),
        held_url=_held(request, narrow, "sending", pk),
        **narrow.said(arms=_arms(sending=sending)),
        **_asked(credit),
        **shown,
    )


def _label(leg: Any, edition: dict[str, Any]) -> str:
    language = language_name(str(edition["language"]))
    return f"{scopes.arm_label(leg)} · {language}" if leg.arm != "rest" else language


@for_whom(letters.SEE)
def of_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a letter on all its ways: sendings, journeys, programs."""
    letter = get_object_or_404(Letter, pk=pk)
    days = _days(request)
    credit, narrow = _credit(request, ORDERED), narrow_of(request)
    since = credit.now - timedelta(days=days)
    whole, parts = scopes.letter_parts(letter, since=since, arm=narrow.arm)
    prints = letter.prints.filter(copies__way__in=scopes.WAYS).distinct().order_by("-pk")[:6]
    maps = [
        {
            "url": reverse("zoco_letter_map", args=["print", each.pk, each.language]),
            "label": language_name(each.language),
        }
        for each in prints
    ]
    shown = _shown(request, whole, parts, credit, narrow, f"letter.{pk}.{days}")
    return page(
        request,
        "report",
        _("Report"),
        letter=letter,
        maps=maps,
        by=_("Way"),
        held_url=_held(request, narrow, "letter", pk),
        **narrow.said(arms=_arms()),
        is_letter=True,
        days=days,
        periods=PERIODS,
        **_asked(credit),
        **shown,
    )


@for_whom(SEE)
def of_all(request: HttpRequest) -> HttpResponse:
    """Show what came of all letters, by letter, sending or audience; by domain; who was held back."""
    days, credit, narrow = _days(request), _credit(request, ORDERED), narrow_of(request)
    names = {"letter": _("Letter"), "audience": _("Audience"), "sending": _("Sending")}
    by = request.GET.get("by", "letter") if request.GET.get("by") in names else "letter"
    since = credit.now - timedelta(days=days)
    whole, parts = scopes.all_parts(by, since=since, arm=narrow.arm)
    tabs = [(label, narrow.url(by=key), key == by) for key, label in names.items()]
    shown = _shown(request, whole, parts, credit, narrow, f"all.{by}.{days}")
    return page(
        request,
        "report",
        _("What came of letters"),
        tabs=tabs,
        by=names[by],
        chosen=by,
        days=days,
        periods=PERIODS,
        held_url=_held(request, narrow, "all", days),
        **narrow.said(arms=_arms()),
        **_asked(credit),
        **shown,
    )


@for_whom(EXPORT, "POST")
def held_csv(request: HttpRequest, kind: str, key: int) -> HttpResponseBase:
    """Give who was held back as CSV; it is written down who took it."""
    now, narrow, name = timezone.now(), narrow_of(request), ""
    if kind == "sending":
        sending = get_object_or_404(Sending.objects.defer("people"), pk=key)
        scope, name = scopes.sending_parts(sending, arm=narrow.arm)[0], sending.name
    elif kind == "letter":
        letter = get_object_or_404(Letter, pk=key)
        since = now - timedelta(days=max(PERIODS))
        scope, name = scopes.letter_parts(letter, since=since, arm=narrow.arm)[0], letter.name
    elif kind == "all" and key in PERIODS:
        scope = scopes.all_parts("letter", since=now - timedelta(days=key), arm=narrow.arm)[0]
    else:
        raise Http404
    scope = replace(scope, only=narrow.only(scope))
    details: dict[str, list[object]] = {"exported": [None, held_rows(scope).count()]}
    noting.note(action="exported", kind="zoco_mail.sending", name=name, details=details, by=request.user)
    answer = StreamingHttpResponse(spoken(held_file(scope)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="held-back-{kind}-{key}.csv"'
    return answer


def _held(request: HttpRequest, narrow: Narrow, kind: str, key: int) -> str:
    may_take = request.user.has_perm(EXPORT)
    return reverse("zoco_letters_held", args=[kind, key]) + narrow.held if may_take else ""


def _arms(**which: object) -> set[str]:
    """Return the arms of what was tried; a letter that went to everybody alike has none."""
    tried = Leg.objects.filter(sending__legs__arm=ARMS[0], **which)
    return set(tried.order_by().values_list("arm", flat=True).distinct())


def _days(request: HttpRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given.isdecimal() and len(given) < 4 and int(given) in PERIODS else 90


def _credit(request: HttpRequest, fact: str) -> Credit:
    """Return what counts as success, as the form says it."""
    given, window = request.GET.get("fact", "").strip()[:120], request.GET.get("window", "")
    known = window.isdecimal() and len(window) < 3 and 0 < int(window) <= max(WINDOWS)
    return Credit(
        given if NAME.fullmatch(given) else fact, int(window) if known else CREDIT_DAYS(), timezone.now()
    )


def _asked(credit: Credit) -> dict[str, Any]:
    data = [
        (_("As of"), moments.said(credit.now)),
        (_("Did it afterwards"), credit.fact),
        (_("Days for which a letter counts"), formats.count(credit.days)),
    ]
    return {
        "fact": credit.fact, "window": credit.days, "windows": sorted({*WINDOWS, credit.days}),
        "opened": opened.letters(data),
    }  # fmt: skip


def _shown(
    request: HttpRequest, whole: Scope, parts: list[Part], credit: Credit, narrow: Narrow, key: str
) -> dict[str, Any]:
    """Return the figures, not anew for each look at the page."""
    turned = Paginator(parts, PARTS_SHOWN).get_page(request.GET.get("page"))
    asked = (key, credit.fact, credit.days, turned.number, sorted(narrow.asked.items()), get_language())
    place = "zoco_mail.report." + blake2b(repr(asked).encode(), digest_size=16).hexdigest()
    found: dict[str, Any] | None = cache.get(place)
    if found is None:
        only = narrow.only(whole)
        found = _counted(replace(whole, only=only), scopes.parts_of(list(turned), only), credit, narrow)
        cache.set(place, found, KEPT_SECONDS)
    return found | {"page": turned, "is_cut": scopes.is_cut(whole)}


def _counted(whole: Scope, parts: list[Part], credit: Credit, narrow: Narrow) -> dict[str, Any]:
    found = whole_of(whole, credit)
    row = found.row
    links, more = links_said(found, narrow.url)
    return {
        "heads": heads(),
        "whole": whole_said(row),
        "sent": row.figures.sent,
        "delivery": delivery_said(row.figures),
        "unsettled": Look.objects.filter(batch__in=whole.batches, verdict="").exists(),
        "settled_after": SETTLED_AFTER,
        "parts": parts_said(parts, found, narrow.url),
        "links": links,
        "links_more": more,
        "domains": domains_said(domain_figures(found.tally), narrow.url),
        "held": held_counts(whole),
        "currencies": len({each.currency for each in row.credited if each.currency}),
        "at": credit.now,
    }
