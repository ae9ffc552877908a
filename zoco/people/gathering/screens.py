"""Pages of audiences: all of them, one with its size and overlaps, who is in, and what is done with it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from zoco.kit import noting
from zoco.kit.said import Said
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.alone.pages import everywhere, file_asked, offered
from zoco.ledger.views.heads import head
from zoco.people.audiences import services
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.keeping import REMEMBERED
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.audiences.rules import RuleWrong
from zoco.people.audiences.services import AudienceWrong
from zoco.people.gathering import building, opened, reads
from zoco.people.gathering.importing import BYTES_MOST, SHOWN_MOST, Listed, ListWrong, list_read
from zoco.people.gathering.opening import ADD, CHANGE, DELETE, EXPORT, SEE
from zoco.people.opening import for_whom
from zoco.sites.wording import said_again, said_whole

PAGE = 50
CHANGES_MOST = 20
KIND = "zoco_people.audience"


def page(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **values: object
) -> HttpResponse:
    """Render a page of audiences."""
    shown = head(title, "group") | values
    return render(request, f"zoco/people/audiences/{template}.html", shown, status=status)


@for_whom(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """List the audiences."""
    rows = Audience.objects.defer("members", "rules").order_by("name", "pk")
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [{"audience": each, "size": formats.count(each.size), **_state(each)} for each in listed]
    may_add = request.user.has_perm(ADD)
    return page(request, "audiences", _("Audiences"), lines=lines, page=listed, may_add=may_add)


def _state(audience: Audience) -> dict[str, str]:
    counted = moments.said(audience.counted_at)
    return {
        "kind": audience.get_kind_display(),
        "counted": counted,
        "wrong": said_again(audience.wrong, audience.wrong_places),
    }


@for_whom(SEE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an audience: who is in by which rules, its size over time, overlaps, a few members."""
    return shown(request, get_object_or_404(Audience, pk=pk))


def shown(request: HttpRequest, audience: Audience, *, status: int = 200, **more: Any) -> HttpResponse:
    """Render the page of one."""
    people = unpacked(audience.members)
    before = _number(request.GET.get("before", ""))
    earlier = audience.changes.filter(pk__lt=before) if before else audience.changes.all()
    changes = list(earlier.defer("entered", "left").order_by("-pk")[: CHANGES_MOST + 1])
    now, words = timezone.now(), _words(audience)
    picture, opens = reads.picture(audience, now), opened.audience(audience, words)
    drawings = opened.drawings(picture, audience.name, opens)
    site, stem = everywhere(), f"audience-{audience.pk}"
    file = file_asked(request, drawings, site, stem, now)
    if file is not None:
        return file
    return page(
        request,
        "audience",
        audience.name,
        status=status,
        audience=audience,
        is_live=audience.kind == Audience.Kind.LIVE,
        words=words,
        opened=opens,
        pictures=offered(request, drawings, site, stem),
        size=formats.count(audience.size),
        people=npgettext("audience", "person", "people", audience.size),
        picture=picture,
        changes=[_change(each) for each in changes[:CHANGES_MOST]],
        older=changes[CHANGES_MOST - 1].pk if len(changes) > CHANGES_MOST else 0,
        overlaps=reads.overlaps(people, but=audience.pk),
        members=reads.members(list(people[-5:])),
        may_change=request.user.has_perm(CHANGE),
        may_delete=request.user.has_perm(DELETE),
        may_export=request.user.has_perm(EXPORT),
        **_state(audience),
        **more,
    )


def _words(audience: Audience) -> str:
    if audience.kind != Audience.Kind.LIVE:
        return ""
    try:
        return building.said(building.draft_of(audience.rules).root)
    except RuleWrong as wrong:
        return said_whole(wrong)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _change(change: AudienceChange) -> dict[str, Any]:
    """Return a change as it stands in the list; who it was is led to as long as that is kept."""
    is_known = change.at > timezone.now() - REMEMBERED
    return {
        "pk": change.pk,
        "is_known": is_known,
        "has_entered": bool(change.entered_size),
        "has_left": bool(change.left_size),
        "at": moments.said(change.at),
        "entered": formats.count(change.entered_size),
        "left": formats.count(change.left_size),
        "size": formats.count(change.size),
    }


@for_whom(SEE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Count it now, put people in or take them out, or delete it."""
    audience, verb = get_object_or_404(Audience, pk=pk), request.POST.get("act", "")
    if not request.user.has_perm(DELETE if verb == "delete" else CHANGE):
        raise PermissionDenied
    try:
        match verb:
            case "delete":
                services.audience_delete(audience=audience)
                return redirect("zoco_audiences")
            case "count":
                services.audience_count(key=audience.pk, at=timezone.now())
            case "add":
                return _add(request, audience)
            case "remove":
                _remove(request, audience)
                return redirect("zoco_audience_members", pk=audience.pk)
    except (AudienceWrong, ListWrong) as wrong:
        return shown(request, audience, status=422, problem=said_here(wrong))
    return redirect("zoco_audience", pk=audience.pk)


def said_here(wrong: Said) -> str:
    """Say what is wrong in the reader's language."""
    return said_whole(wrong)


def _add(request: HttpRequest, audience: Audience) -> HttpResponse:
    upload = request.FILES.get("file")
    typed = str(request.POST.get("people", "")).encode()
    listed = list_read(upload.read(BYTES_MOST + 1) if upload else typed)
    added = services.members_add(audience=audience, people=listed.people, at=timezone.now())
    if added:
        members_note(request.user, audience, "joined", added)
    audience.refresh_from_db()
    return shown(request, audience, added=_added(added, listed))


def _added(added: int, listed: Listed) -> dict[str, Any]:
    return {
        "counts": [
            (_("Put in"), formats.count(added)),
            (_("In already, or named twice"), formats.count(len(listed.people) - added)),
            (_("Lines that name nobody"), formats.count(len(listed.missing))),
        ],
        "missing": listed.missing[:SHOWN_MOST],
    }


def _remove(request: HttpRequest, audience: Audience) -> None:
    keys = [
        int(key)
        for key in request.POST.getlist("person")
        if key.isascii() and key.isdigit() and len(key) < 19
    ]
    if removed := services.members_remove(audience=audience, people=keys, at=timezone.now()):
        members_note(request.user, audience, "left", removed)


def members_note(by: Any, audience: Audience, what: str, many: int) -> None:
    """Write down that people were put in or taken out."""
    details = {"members": [many, None] if what == "left" else [None, many]}
    key = getattr(by, "key", None)  # of a program its maker answers for what it does
    who = by if key is None else key.made_by
    noting.note(action="changed", kind=KIND, name=audience.name, details=details, by=who)
