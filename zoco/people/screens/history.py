"""What a person did, page by page, and the browsers that are joined to the person."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zoco.ledger import sitebook
from zoco.ledger.outbox import joining
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.store.base import QueryFailed, StoreBusy, StoreNewer
from zoco.ledger.store.opening import store
from zoco.ledger.views.heads import head
from zoco.people import editing
from zoco.people.giving.timeline import Browser, known_of, timeline
from zoco.people.models import Edit, Person
from zoco.people.naming import Said, facts_worded, subjects_named
from zoco.people.opening import for_whom
from zoco.people.screens.opening import CHANGE, FACTS, SEE, hand_of
from zoco.people.screens.person import person_or_404

SIZE = 50
DIGITS = 20


@for_whom(SEE, "GET", "HEAD", "POST")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a page of facts; POST takes a browser away that is somebody else's."""
    if not request.user.has_perm(FACTS):
        raise PermissionDenied
    found = person_or_404(pk)
    if found.merged_into_id:
        return redirect("zoco_person_timeline", pk=found.merged_into_id)
    title = _("What %(name)s did") % {"name": str(found)}
    shown = {**head(title, "group"), "person": found, "may_change": request.user.has_perm(CHANGE)}
    try:
        if request.method == "POST":
            return _take_away(request, found)
        shown |= _shown(request, found)
    except (StoreBusy, StoreNewer, QueryFailed):
        shown["refused"] = _("Nothing was lost; load the page again in a minute.")
    return render(request, "zoco/people/timeline.html", shown, status=503 if "refused" in shown else 200)


def _shown(request: HttpRequest, found: Person) -> dict[str, Any]:
    names = {each.id: each.name for each in sitebook.sites()}
    text = request.GET.get("page", "")
    page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    known = known_of(store(), found.number)
    given = timeline(store(), known, first=(page - 1) * SIZE, size=SIZE)
    subjects = subjects_named((row["subject_kind"], row["subject"]) for row in given.rows)
    facts = [(row["name"], row["occurred_at"]) for row in given.rows]
    said = facts_worded(found.pk, facts, request.user.has_perm)
    first, last = (page - 1) * SIZE + 1, (page - 1) * SIZE + len(given.rows)
    places = dict(
        zip(("first", "last", "total"), map(formats.count, (first, last, given.total)), strict=True)
    )
    return {
        "zone": moments.zone().key,
        "lines": [_line(row, names, subjects, said) for row in given.rows],
        "range": _("%(first)s–%(last)s of %(total)s") % places,
        "previous": f"?page={page - 1}" if page > 1 else "",
        "next": f"?page={page + 1}" if last < given.total else "",
        "browsers": [
            {
                "browser": each,
                "site": names.get(each.site, str(each.site)),
                "since": moments.said(each.since),
            }
            for each in known.browsers
        ],
    }


def _line(
    row: dict[str, Any],
    names: Mapping[int, str],
    subjects: Mapping[tuple[str, str], str],
    said: Mapping[str, Said],
) -> dict[str, Any]:
    where = [names.get(row["site"], ""), row["title"] or row["path"] or ""]
    return {
        "at": moments.said(row["occurred_at"], seconds=True),
        "name": value_label("name", "name", row["name"]),
        "subject": subjects[row["subject_kind"], row["subject"]],
        "said": said.get(row["name"], {}).get(row["occurred_at"], ()),
        "where": " · ".join(each for each in where if each),
        "channel": value_label("channel", "channel", row["channel"]) if row["channel"] else "",
        "amount": formats.money_charged(row["amount"], row["currency"]) if row["amount"] else "",
    }


def _take_away(request: HttpRequest, found: Person) -> HttpResponse:
    """Take a browser away. Only one that is joined now: a second time changes nothing."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    numbers = [request.POST.get(name, "") for name in ("site", "known", "number")]
    if not all(each.isascii() and each.isdigit() and len(each) < DIGITS for each in numbers):
        raise Http404
    site, known, number = map(int, numbers)
    joined = known_of(store(), found.number).browsers
    if any((each.site, each.known, each.number) == (site, known, number) for each in joined):
        browser_part(found, Browser(site, known, number, joined[0].since), request)
    return redirect("zoco_person_timeline", pk=found.pk)


@transaction.atomic
def browser_part(found: Person, browser: Browser, request: HttpRequest) -> None:
    """Tell the ledger that a browser is somebody else's, and write it down."""
    hand = hand_of(request)
    mine = editing.person_locked(found.pk)
    joining.unjoin(site=browser.site, known=browser.known, person=browser.number, at=hand.at)
    editing.told(mine, Edit.What.UNJOINED, {}, hand)
