"""Pairs that are likely one person, side by side: each is compared and merged, or said to be two."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head
from zoco.people.doubles.models import Likeness
from zoco.people.doubles.services import likeness_reject, proposed
from zoco.people.models import Identity, Person
from zoco.people.opening import for_whom
from zoco.people.paging import COUNTED_MOST
from zoco.people.screens.listing import lines
from zoco.people.screens.opening import CHANGE, hand_of

SIZE = 10
WHY = {
    "mailbox": gettext_lazy("the same mailbox, written in two ways"),
    "phone": gettext_lazy("the same phone, written in two ways"),
    "handle": gettext_lazy("the same handle in two systems"),
    "city": gettext_lazy("the same name and city"),
    "company": gettext_lazy("the same name and company"),
    "birthday": gettext_lazy("the same name and birthday"),
}


@for_whom(CHANGE, "GET", "HEAD", "POST")
def doubles(request: HttpRequest) -> HttpResponse:
    """Show some pairs; POST remembers that two are not the same."""
    before = _number(request.GET.get("before", ""))
    if request.method == "POST":
        likeness_reject(key=_number(request.POST.get("pair", "")), hand=hand_of(request))
        return redirect(request.get_full_path())
    found = proposed()
    total = found.order_by()[: COUNTED_MOST + 1].count()
    pairs = list((found.filter(pk__lt=before) if before else found)[: SIZE + 1])
    shown = {
        **head(_("Likely the same"), "group"),
        "pairs": _shown(pairs[:SIZE]),
        "is_later": bool(before),
        "next": f"?before={pairs[SIZE - 1].pk}" if len(pairs) > SIZE else "",
        "total": _("more than %(total)s") % {"total": formats.count(COUNTED_MOST)}
        if total > COUNTED_MOST
        else formats.count(total),
    }
    return render(request, "zoco/people/doubles.html", shown)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _shown(pairs: list[Likeness]) -> list[dict[str, Any]]:
    people = list({each.pk: each for pair in pairs for each in (pair.low, pair.high)}.values())
    known = dict(zip((each.pk for each in people), lines(people), strict=True))
    others = _others(people)
    return [
        {
            "pk": pair.pk,
            "low": pair.low,
            "high": pair.high,
            **dict(zip(("low_name", "high_name"), _told_apart(str(pair.low), str(pair.high)), strict=True)),
            "why": "; ".join(str(WHY[each]) for each in pair.why if each in WHY),
            "rows": _rows(
                *(known[each.pk] | {"others": others.get(each.pk, "")} for each in (pair.low, pair.high))
            ),
        }
        for pair in pairs
    ]


def _told_apart(low: str, high: str) -> tuple[str, str]:
    """Return how the two are called: those of one name by a number, or nobody would know whose a line is."""
    return (f"{low} (1)", f"{high} (2)") if low == high else (low, high)


def _others(people: Iterable[Person]) -> dict[int, str]:
    """Return numbers of other systems and handles by person."""
    found: dict[int, list[str]] = {}
    kinds = (Identity.Kind.EXTERNAL, Identity.Kind.SOCIAL)
    for each in Identity.objects.filter(person__in=people, kind__in=kinds).order_by("id"):
        found.setdefault(each.person_id, []).append(f"{each.value} ({each.space})")
    return {pk: ", ".join(values) for pk, values in found.items()}


def _rows(low: dict[str, Any], high: dict[str, Any]) -> list[tuple[str, str, str]]:
    labels = {
        "name": pgettext("person", "Name"),
        "emails": _("E-mail"),
        "phones": pgettext("number", "Phone"),
        "others": _("Known as"),
        "place": _("Lives in"),
        "tags": pgettext("person", "Tags"),
        "since": _("Known since"),
    }
    return [
        (label, low[key] or "–", high[key] or "–") for key, label in labels.items() if low[key] or high[key]
    ]
