"""The page that builds an audience: its rules, each with a button for whatever may be done, and its size."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, npgettext

from zoco.kit.said import Said
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import NAMES
from zoco.people.audiences import services
from zoco.people.audiences.leaves import LEAVES
from zoco.people.audiences.models import NAME_LONGEST, Audience
from zoco.people.audiences.rules import RuleWrong, is_empty, rules_read, rules_write
from zoco.people.audiences.services import UNCOUNTABLE, AudienceWrong
from zoco.people.gathering import building, reads
from zoco.people.gathering.building import Draft
from zoco.people.gathering.opening import ADD, CHANGE
from zoco.people.gathering.screens import page, said_here
from zoco.people.models import Tag
from zoco.people.opening import for_whom

SUGGESTED_MOST = 200
USUAL_KIND = "attribute"
"""The kind of rule that is offered first."""
UNFINISHED = gettext_noop("Nothing is saved yet: finish the rule below, or leave it.")


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Build an audience; `rules` in the address are those that it begins with."""
    kind = Audience.Kind.STATIC if request.GET.get("kind") == "static" else Audience.Kind.LIVE
    return _built(request, Audience(kind=kind), request.GET.get("rules", ""))


@for_whom(CHANGE, "GET", "HEAD", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an audience."""
    return _built(request, get_object_or_404(Audience, pk=pk))


def _built(request: HttpRequest, audience: Audience, offered: str = "") -> HttpResponse:
    if request.method != "POST":
        return _shown(request, audience, *_draft(audience, offered))
    audience.name, audience.note = (request.POST.get(name, "").strip() for name in ("name", "note"))
    act, draft = request.POST.get("act", "save"), Draft(building.NOBODY)
    try:
        draft = building.draft_read(request.POST.get("draft", ""))
        if request.POST.get("leaf") and act != "cancel":
            draft = building.put(draft, request.POST)
        if draft.asking is None and act == "save":
            return _save(request, audience, draft)
        if draft.asking is None:
            draft = building.acted(draft, act, request.POST)
    except (RuleWrong, AudienceWrong) as wrong:
        return _shown(request, audience, draft, said_here(wrong), status=422)
    if draft.asking is not None and act == "save":
        return _shown(request, audience, draft, _(UNFINISHED), status=422)
    return _shown(request, audience, draft)


def _draft(audience: Audience, offered: str) -> tuple[Draft, str]:
    try:
        return building.draft_read(offered) if offered else building.draft_of(audience.rules), ""
    except RuleWrong as wrong:
        return Draft(building.NOBODY), said_here(wrong)


def _save(request: HttpRequest, audience: Audience, draft: Draft) -> HttpResponse:
    """Write it, and count it at once. Raises RuleWrong, AudienceWrong."""
    is_live, now = audience.kind == Audience.Kind.LIVE, timezone.now()
    if is_live and is_empty(draft.root):
        raise AudienceWrong(gettext_noop("Put in one rule at least, or make it by hand."))
    kept = services.audience_write(
        name=audience.name,
        note=audience.note,
        kind=Audience.Kind(audience.kind),
        rules=rules_read(rules_write(draft.root)) if is_live else None,
        audience=audience if audience.pk else None,
        by=request.user if isinstance(request.user, User) else None,
        at=now,
    )
    if is_live:
        services.audience_count(key=kept.pk, at=now)
    return redirect("zoco_audience", pk=kept.pk)


def _shown(
    request: HttpRequest, audience: Audience, draft: Draft, problem: str = "", *, status: int = 200
) -> HttpResponse:
    is_live = audience.kind == Audience.Kind.LIVE
    counted = _counted(draft, audience) if is_live and not is_empty(draft.root) else {}
    title = _("Edit %(name)s") % {"name": audience.name} if audience.pk else _("New audience")
    return page(
        request,
        "build",
        title,
        status=status,
        audience=audience,
        name_most=NAME_LONGEST,
        is_live=is_live,
        draft=draft.text,
        root=building.shown(draft.root, counted.pop("counts", {})),
        asking=_asking(draft),
        kinds=sorted(((each.key, str(each.label)) for each in LEAVES), key=_usual_first),
        problem=problem,
        words="" if is_empty(draft.root) else building.said(draft.root),
        tags=Tag.objects.order_by("name").values_list("name", flat=True)[:SUGGESTED_MOST],
        facts=sorted(NAMES.items()),
        **counted,
    )


def _usual_first(kind: tuple[str, str]) -> tuple[bool, str]:
    return kind[0] != USUAL_KIND, kind[1].casefold()


def _asking(draft: Draft) -> dict[str, Any] | None:
    asking = draft.asking
    if asking is None:
        return None
    for name, known in (("fact", "z-facts"), ("tag", "z-tags")):
        if name in asking.form.fields:
            asking.form.fields[name].widget.attrs["list"] = known
    place = ".".join(map(str, asking.place))
    return {"leaf": asking.leaf, "form": asking.form, "place": place, "is_new": "1" if asking.is_new else "0"}


def _counted(draft: Draft, audience: Audience) -> dict[str, Any]:
    """Count the draft; what cannot be counted says why."""
    try:
        found = services.rules_count(draft.root, at=timezone.now(), within=audience.pk or 0)
    except UNCOUNTABLE as error:
        return {"uncountable": said_here(error) if isinstance(error, Said) else str(error)}
    return {
        "counts": found.counts,
        "size": formats.count(len(found.people)),
        "people": npgettext("audience", "person", "people", len(found.people)),
        "seconds": formats.decimal(found.seconds, 2),
        "overlaps": reads.overlaps(found.people, but=audience.pk or 0),
    }
