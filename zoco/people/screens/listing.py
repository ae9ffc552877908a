"""The list of people: searched by beginnings of words, narrowed by a tag, all of it page by page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.countries import country_name
from zoco.ledger.views.heads import head
from zoco.people.finding import people_found
from zoco.people.models import Identity, Person, Tag
from zoco.people.opening import for_whom
from zoco.people.screens.opening import ADD, CHANGE, EXPORT, IMPORTS, SEE

SIZE = 50
COUNTED_MOST = 1_000
TAGS_OFFERED = 200
QUERY_LONGEST = 200


@for_whom(SEE)
def people(request: HttpRequest) -> HttpResponse:
    """Show a page of people."""
    found, query, tag = found_by(request.GET)
    page = _number(request.GET.get("page", ""))
    total, is_more = _counted(found, is_all=not query and tag is None)
    first = min((page - 1) * SIZE, max(0, total - 1) // SIZE * SIZE) if not is_more else (page - 1) * SIZE
    rows = list(found.order_by("-id")[first : first + SIZE + 1])
    kept: dict[str, str | int] = {
        name: value for name, value in (("q", query), ("tag", tag.name if tag else "")) if value
    }
    shown: dict[str, Any] = {
        **head(pgettext("area", "People"), "group"),
        "query": query,
        "tag": tag.name if tag else "",
        "tags": Tag.objects.order_by("name")[:TAGS_OFFERED],
        "lines": lines(rows[:SIZE]),
        "is_narrowed": bool(kept),
        "range": _range(first, len(rows[:SIZE]), total, is_more),
        "previous": f"?{urlencode({**kept, 'page': first // SIZE})}" if first else "",
        "next": f"?{urlencode({**kept, 'page': first // SIZE + 2})}" if len(rows) > SIZE else "",
        "may_add": request.user.has_perm(ADD),
        "may_change": request.user.has_perm(CHANGE),
        "may_export": request.user.has_perm(EXPORT),
        "may_import": request.user.has_perm(IMPORTS),
    }
    return render(request, "zoco/people/people.html", shown)


def found_by(asked: QueryDict) -> tuple[QuerySet[Person], str, Tag | None]:
    """Return the people who fit, what was searched for, and the tag that was chosen."""
    query = asked.get("q", "").replace("\0", "").strip()[:QUERY_LONGEST]
    tag = Tag.objects.filter(name=asked.get("tag", "").replace("\0", "")[:80]).first()
    found = people_found(query)
    if tag is not None:
        found = found.filter(pk__in=tag.tagged.values("person"))
    return found, query, tag


def _number(text: str) -> int:
    return min(max(1, int(text)), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _counted(found: QuerySet[Person], *, is_all: bool) -> tuple[int, bool]:
    """Return how many there are, and whether there are more than that: few search for thousands."""
    if is_all:
        return found.count(), False
    total = found.order_by()[: COUNTED_MOST + 1].count()
    return min(total, COUNTED_MOST), total > COUNTED_MOST


def _range(first: int, count: int, total: int, is_more: bool) -> str:
    places = {
        "first": formats.count(first + 1),
        "last": formats.count(first + count),
        "total": formats.count(total),
    }
    if is_more:
        return _("%(first)s–%(last)s of more than %(total)s") % places
    return _("%(first)s–%(last)s of %(total)s") % places


def lines(people: list[Person]) -> list[dict[str, Any]]:
    """Return what the list shows of each."""
    keys = [each.pk for each in people]
    known: dict[int, dict[str, list[str]]] = {key: {} for key in keys}
    for each in Identity.objects.filter(person__in=keys):
        known[each.person_id].setdefault(each.kind, []).append(each.value)
    tags: dict[int, list[str]] = {key: [] for key in keys}
    for key, name in Tag.objects.filter(tagged__person__in=keys).values_list("tagged__person", "name"):
        tags[key].append(name)
    return [
        {
            "person": each,
            "name": str(each),
            "emails": ", ".join(known[each.pk].get("email", [])),
            "phones": ", ".join(known[each.pk].get("phone", [])),
            "place": place(each),
            "tags": ", ".join(sorted(tags[each.pk])),
            "since": formats.day(timezone.localtime(each.created_at).date()),
        }
        for each in people
    ]


def place(person: Person) -> str:
    """Return where somebody lives, as far as it is known."""
    return ", ".join(filter(None, (person.city, country_name(person.country) if person.country else "")))
