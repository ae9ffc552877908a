"""Reports of letters: of a sending, of a letter on all its ways, of all of them; who was held back."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zoco.kit import noting
from zoco.ledger.services import NAME
from zoco.mail.counting.credit import CREDIT_DAYS, ORDERED
from zoco.mail.counting.domains import domain_figures
from zoco.mail.counting.scope import Scope
from zoco.mail.editing.models import Letter
from zoco.mail.editing.screens import opening as letters
from zoco.mail.sending.models import Sending
from zoco.mail.sending.reports import scopes
from zoco.mail.sending.reports.held import held_counts, held_file, held_rows
from zoco.mail.sending.reports.rows import Credit, cells, domain_said, heads, links_said, parts_said, whole_of
from zoco.mail.sending.reports.scopes import Part
from zoco.mail.sending.screens.frame import SEE, page
from zoco.people.opening import for_whom
from zoco.people.screens.opening import EXPORT

KEPT_SECONDS = 60
PERIODS = (30, 90, 365)
WINDOWS = (1, 3, 7, 14, 30)


@for_whom(SEE)
def of_sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a sending, by arm, link, domain."""
    sending = get_object_or_404(Sending.objects.defer("people").select_related("letter"), pk=pk)
    credit = _credit(request, sending.test_fact)
    whole, parts = scopes.sending_parts(sending)
    maps = [
        {
            "url": reverse("zoco_letter_map", args=["leg", leg.pk, each["language"]]),
            "label": _label(leg, each),
        }
        for leg in sending.legs.defer("people").exclude(batch=None).order_by("arm")
        for each in leg.editions
    ]
    shown = _shown(whole, parts, credit, f"sending.{pk}")
    return page(
        request,
        "report",
        _("Report"),
        sending=sending,
        maps=maps,
        by=_("Arm"),
        held_url=_held(request, "sending", pk),
        **_asked(credit),
        **shown,
    )


def _label(leg: Any, edition: dict[str, Any]) -> str:
    return (
        f"{scopes.arm_label(leg)} · {edition['language']}" if leg.arm != "rest" else str(edition["language"])
    )


@for_whom(letters.SEE)
def of_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a letter on all its ways: sendings, journeys, programs."""
    letter = get_object_or_404(Letter, pk=pk)
    days = _days(request)
    credit = _credit(request, ORDERED)
    whole, parts = scopes.letter_parts(letter, since=credit.now - timedelta(days=days))
    prints = letter.prints.filter(copies__way__in=scopes.WAYS).distinct().order_by("-pk")[:6]
    maps = [
        {"url": reverse("zoco_letter_map", args=["print", each.pk, each.language]), "label": each.language}
        for each in prints
    ]
    shown = _shown(whole, parts, credit, f"letter.{pk}.{days}")
    return page(
        request,
        "report",
        _("Report"),
        letter=letter,
        maps=maps,
        by=_("Way"),
        held_url=_held(request, "letter", pk),
        is_letter=True,
        days=days,
        periods=PERIODS,
        **_asked(credit),
        **shown,
    )


@for_whom(SEE)
def of_all(request: HttpRequest) -> HttpResponse:
    """Show what came of all letters, by letter, sending or audience; by domain; who was held back."""
    days, credit = _days(request), _credit(request, ORDERED)
    names = {"letter": _("Letter"), "audience": _("Audience"), "sending": _("Sending")}
    by = request.GET.get("by", "letter") if request.GET.get("by") in names else "letter"
    whole, parts = scopes.all_parts(by, since=credit.now - timedelta(days=days))
    asked: dict[str, int | str] = {"days": days, "window": credit.days, "fact": credit.fact}
    tabs = [(label, "?" + urlencode({**asked, "by": key}), key == by) for key, label in names.items()]
    shown = _shown(whole, parts, credit, f"all.{by}.{days}")
    return page(
        request,
        "report",
        _("What came of letters"),
        tabs=tabs,
        by=names[by],
        chosen=by,
        days=days,
        periods=PERIODS,
        held_url=_held(request, "all", days),
        **_asked(credit),
        **shown,
    )


@for_whom(EXPORT, "POST")
def held_csv(request: HttpRequest, kind: str, key: int) -> HttpResponseBase:
    """Give who was held back as CSV; it is written down who took it."""
    now = timezone.now()
    if kind == "sending":
        sending = get_object_or_404(Sending.objects.defer("people"), pk=key)
        scope, name = scopes.sending_parts(sending)[0], sending.name
    elif kind == "letter":
        letter = get_object_or_404(Letter, pk=key)
        scope, name = scopes.letter_parts(letter, since=now - timedelta(days=max(PERIODS)))[0], letter.name
    elif kind == "all" and key in PERIODS:
        scope, name = scopes.all_parts("letter", since=now - timedelta(days=key))[0], ""
    else:
        raise Http404
    details: dict[str, list[object]] = {"exported": [None, held_rows(scope).count()]}
    noting.note(action="exported", kind="zoco_mail.sending", name=name, details=details, by=request.user)
    answer = StreamingHttpResponse(held_file(scope), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="held-back-{kind}-{key}.csv"'
    return answer


def _held(request: HttpRequest, kind: str, key: int) -> str:
    may = request.user.has_perm(EXPORT)
    return reverse("zoco_letters_held", args=[kind, key]) if may else ""


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
    return {"fact": credit.fact, "window": credit.days, "windows": sorted({*WINDOWS, credit.days})}


def _shown(whole: Scope, parts: list[Part], credit: Credit, key: str) -> dict[str, Any]:
    """Return the figures, not anew for each look at the page."""
    place = f"zoco_mail.report.{key}.{credit.fact}.{credit.days}.{get_language()}"
    found: dict[str, Any] | None = cache.get(place)
    if found is None:
        row, links = whole_of(whole, credit)
        found = {
            "heads": heads(),
            "whole": list(zip(heads(), cells(row), strict=True)),
            "sent": row.figures.sent,
            "parts": parts_said(parts, row.credited, credit),
            "links": links_said(whole, row, links),
            "domains": [domain_said(each) for each in domain_figures(whole)],
            "held": held_counts(whole),
            "currencies": len({each.currency for each in row.credited if each.currency}),
            "at": credit.now,
        }
        cache.set(place, found, KEPT_SECONDS)
    return found
