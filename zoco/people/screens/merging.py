"""Merging two people on a page: the other is searched, both stand beside what they will be, then it is done.

What they will be is worked out by the merge itself, in a transaction that is taken back.
"""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head
from zoco.ledger.views.problems import said
from zoco.people.merging import MergeRefused, people_merge
from zoco.people.models import Identity, Person
from zoco.people.opening import for_whom
from zoco.people.paging import people_page
from zoco.people.screens.opening import CHANGE, hand_of
from zoco.people.screens.person import facts_of, panels_of, person_or_404

HITS = 20
QUERY_LONGEST = 200


@for_whom(CHANGE, "GET", "HEAD", "POST")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who may be the same, then both together; POST merges the other into this person."""
    kept = person_or_404(pk)
    if kept.merged_into_id:
        return redirect("zoco_person_merge", pk=kept.merged_into_id)
    given = request.POST if request.method == "POST" else request.GET
    other = _other(given.get("with", ""))
    title = _("Merge %(name)s with another") % {"name": str(kept)}
    shown: dict[str, Any] = {**head(title, "group"), "person": kept, "other": other}
    if other is None:
        return render(request, "zoco/people/merge.html", shown | _searched(request, kept))
    try:
        if request.method == "POST":
            hand = hand_of(request)
            people_merge(person=other, into=kept, why="", at=hand.at, by=hand.by)
            return redirect(f"{reverse('zoco_person', args=[pk])}#z-merged")
        shown |= _tried(request, kept, other)
    except MergeRefused as wrong:
        shown |= {"refused": said(wrong), "rows": _rows([_known(kept), _known(other)])}
    return render(request, "zoco/people/merge.html", shown, status=422 if request.method == "POST" else 200)


def _other(text: str) -> Person | None:
    """Return who was chosen, if anybody. Raises Http404."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return person_or_404(int(text))


def _searched(request: HttpRequest, kept: Person) -> dict[str, Any]:
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_LONGEST]
    fitting = people_page(query=query, size=HITS + 1).people if query else []
    found = [each for each in fitting if each != kept][:HITS]
    hits = [(each, ", ".join(each.identities.values_list("value", flat=True)[:5])) for each in found]
    return {"query": query, "hits": hits}


def _tried(request: HttpRequest, kept: Person, other: Person) -> dict[str, Any]:
    """Return both and what they will be. Nothing of it is kept. Raises MergeRefused."""
    sides = [_known(kept), _known(other)]
    with transaction.atomic():
        people_merge(person=other, into=kept, why="", at=hand_of(request).at)
        after = person_or_404(kept.pk)
        sides.append(_known(after))
        panels = panels_of(request, after)
        transaction.set_rollback(True)
    return {"rows": _rows(sides), "panels": panels}


def _known(person: Person) -> dict[str, str]:
    """Return what is known by its label, as people write it."""
    found: dict[str, list[str]] = {}
    for label, value in facts_of(person):
        found.setdefault(label, []).append(value)
    kinds = {str(kind): str(label) for kind, label in Identity.Kind.choices}
    for each in person.identities.order_by("kind", "id"):
        value = f"{each.value} ({each.space})" if each.space else each.value
        label = kinds[each.kind]
        found.setdefault(label[:1].upper() + label[1:], []).append(value)
    if tags := list(person.tagged.order_by("tag__name").values_list("tag__name", flat=True)):
        found[pgettext("person", "Tags")] = tags
    if notes := person.notes.count():
        found[_("Notes")] = [formats.count(notes)]
    return {label: ", ".join(values) for label, values in found.items()}


def _rows(sides: list[dict[str, str]]) -> list[tuple[str, list[str]]]:
    labels = dict.fromkeys(label for side in reversed(sides) for label in side)
    return [(label, [side.get(label, "–") for side in sides]) for label in labels]
