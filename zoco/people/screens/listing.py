"""The list of people: searched by beginnings of words, narrowed by a tag, all of it page by page."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.countries import country_name
from zoco.ledger.views.heads import head
from zoco.people.importing.made import SINCE
from zoco.people.models import Identity, Person, Tag
from zoco.people.opening import for_whom
from zoco.people.paging import Page, Place, people_page
from zoco.people.screens.opening import ADD, CHANGE, EXPORT, IMPORTS, SEE

SIZE = 50
KEY_MOST = (1 << 32) - 1
TAGS_OFFERED = 200
QUERY_LONGEST = 200


@for_whom(SEE)
def people(request: HttpRequest) -> HttpResponse:
    """Show a page of people."""
    query, tag = asked_for(request.GET)
    before, after, place = (_number(request.GET.get(name, "")) for name in ("before", "after", "from"))
    page = people_page(query=query, tag=tag, place=Place(before, 0 if before else after), size=SIZE)
    first = max(place, 1) if before or after else 1
    if not page.people and (before or after):  # they are gone meanwhile
        page, first = people_page(query=query, tag=tag, size=SIZE), 1
    kept: dict[str, str | int] = {
        name: value for name, value in (("q", query), ("tag", tag.name if tag else "")) if value
    }
    shown: dict[str, Any] = {
        **head(pgettext("area", "People"), "group"),
        "query": query,
        "tag": tag.name if tag else "",
        "tags": Tag.objects.order_by("name")[:TAGS_OFFERED],
        "lines": lines(page.people),
        "is_narrowed": bool(kept),
        "range": _range(first, page),
        **_ways(page, kept, first),
        "may_add": request.user.has_perm(ADD),
        "may_change": request.user.has_perm(CHANGE),
        "may_export": request.user.has_perm(EXPORT),
        "may_import": request.user.has_perm(IMPORTS),
    }
    return render(request, "zoco/people/people.html", shown)


def asked_for(asked: QueryDict) -> tuple[str, Tag | None]:
    """Return what was searched for, and the tag that was chosen."""
    query = asked.get("q", "").replace("\0", "").strip()[:QUERY_LONGEST]
    return query, Tag.objects.filter(name=asked.get("tag", "").replace("\0", "")[:80]).first()


def _number(text: str) -> int:
    return min(int(text), KEY_MOST) if text.isascii() and text.isdigit() and len(text) < 11 else 0


def _ways(page: Page, kept: Mapping[str, str | int], first: int) -> dict[str, str]:
    """Return where the pages before and behind lie; who shows the first ones starts anew."""
    ways = {"previous": "", "next": ""}
    if page.has_newer and page.people:
        onward = {"after": page.people[0].pk, "from": first - SIZE} if first > SIZE + 1 else {}
        ways["previous"] = f"?{urlencode({**kept, **onward})}"
    if page.has_older and page.people:
        onward = {"before": page.people[-1].pk, "from": first + len(page.people)}
        ways["next"] = f"?{urlencode({**kept, **onward})}"
    return ways


def _range(first: int, page: Page) -> str:
    places = {
        "first": formats.count(first),
        "last": formats.count(first + len(page.people) - 1),
        "total": formats.count(page.total),
    }
    if page.is_more:
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
            "since": moments.day_said(_since(each)),
        }
        for each in people
    ]


def _since(person: Person) -> datetime:
    """Return since when somebody is known: to another program, where a file said so, else here."""
    with suppress(ValueError):
        said = datetime.fromisoformat(str(person.attributes.get(SINCE, "")))
        return min(said if said.tzinfo else said.replace(tzinfo=UTC), person.created_at)
    return person.created_at


def place(person: Person) -> str:
    """Return where somebody lives, as far as it is known."""
    return ", ".join(filter(None, (person.city, country_name(person.country) if person.country else "")))
