"""Who is in an audience, who entered and left it at a count, and its members as a file."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.kit import noting
from zoco.kit.said import Said
from zoco.ledger.pictures import formats, moments
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.audiences.rules import RuleWrong, is_empty
from zoco.people.audiences.services import UNCOUNTABLE, rules_count
from zoco.people.gathering import building, reads
from zoco.people.gathering.opening import ADD, CHANGE, EXPORT, SEE
from zoco.people.gathering.screens import KIND, PAGE, page, said_here
from zoco.people.giving.workbooks import WORKBOOK, workbook
from zoco.people.opening import for_whom

KINDS = ("csv", "xlsx")


@for_whom(SEE)
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """List who is in an audience, whoever came last into the installation first."""
    audience = get_object_or_404(Audience, pk=pk)
    return page(
        request,
        "members",
        _("Members of %(name)s") % {"name": audience.name},
        audience=audience,
        **_listed(request, unpacked(audience.members)),
        may_export=request.user.has_perm(EXPORT),
        may_remove=audience.kind == Audience.Kind.STATIC and request.user.has_perm(CHANGE),
    )


@for_whom(SEE)
def who(request: HttpRequest) -> HttpResponse:
    """List whom the rules in the address hold for at this moment; nothing is kept."""
    rules, title = request.GET.get("rules", ""), _("Who they are")
    try:
        root = building.draft_read(rules).root
        if is_empty(root):
            raise RuleWrong(gettext_noop("There is no rule in this address; open it from a report again."))
        people = rules_count(root, at=timezone.now()).people
    except UNCOUNTABLE as error:
        problem = said_here(error) if isinstance(error, Said) else str(error)
        return page(request, "who", title, status=422, problem=problem)
    query = urlencode({"rules": rules})
    return page(
        request,
        "who",
        title,
        words=building.said(root),
        query=query,
        **_listed(request, people),
        may_add=request.user.has_perm(ADD),
    )


@for_whom(SEE)
def entered(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """List who entered at a count."""
    return _came(request, get_object_or_404(AudienceChange, pk=change, audience=pk), "entered")


@for_whom(SEE)
def left(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """List who left at a count."""
    return _came(request, get_object_or_404(AudienceChange, pk=change, audience=pk), "left")


def _came(request: HttpRequest, change: AudienceChange, side: str) -> HttpResponse:
    title = _("Who entered %(name)s") if side == "entered" else _("Who left %(name)s")
    return page(
        request,
        "members",
        title % {"name": change.audience.name},
        audience=change.audience,
        at=moments.said(change.at),
        **_listed(request, unpacked(getattr(change, side))),
    )


def _listed(request: HttpRequest, people: BitMap) -> dict[str, Any]:
    """Return a page of some people: a set of them is cut by place at no cost, however many they are."""
    last = max(-(-len(people) // PAGE), 1)
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    end = len(people) - (number - 1) * PAGE
    keys = list(people[max(end - PAGE, 0) : end])[::-1]
    places = {
        "first": formats.count((number - 1) * PAGE + 1),
        "last": formats.count(len(people) - end + len(keys)),
        "total": formats.count(len(people)),
    }
    return {
        "members": reads.members(keys),
        "total": _("%(first)s–%(last)s of %(total)s") % places,
        "before": number - 1,
        "after": number + 1 if number < last else 0,
    }


@for_whom(EXPORT, "POST")
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the members as CSV or as a workbook; it is written down who took them."""
    kind = request.POST.get("kind", "csv")
    if kind not in KINDS:
        raise Http404
    audience = get_object_or_404(Audience, pk=pk)
    people = unpacked(audience.members)
    details: dict[str, list[Any]] = {"exported": [None, len(people)]}
    noting.note(action="exported", kind=KIND, name=audience.name, details=details, by=request.user)
    name = f"{slugify(audience.name) or f'audience-{audience.pk}'}.{kind}"
    if kind == "xlsx":
        answer = StreamingHttpResponse(workbook(reads.COLUMNS, reads.rows(people)), content_type=WORKBOOK)
    else:
        answer = StreamingHttpResponse(reads.file(people), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
