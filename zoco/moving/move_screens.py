"""The owner's pages that move sites: what to write or upload, one move and how far it is."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger.pictures import formats
from zoco.moving import moving, running
from zoco.moving.arriving import half_keep, is_half_here
from zoco.moving.exporting import export_begin
from zoco.moving.models import SiteMove
from zoco.moving.running import MoveRefused, archive_of
from zoco.moving.targets import standing, target_confirm
from zoco.sites.models import Site

MAY = "zoco_moving.move_site"
PIECE_MOST = 8 << 20
LISTED = 100
State = SiteMove.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross", State.ASKING: "help"}
_may = permission_required(MAY, raise_exception=True)


class OutForm(forms.Form):
    """Which site is to be written."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.order_by("is_demo", "id"), empty_label=None
    )


class InForm(forms.Form):
    """The archive; a script sends it in pieces and says its name and size first."""

    file = forms.FileField(label=gettext_lazy("Archive"), required=False)
    name = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    size = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs = [{"url": reverse("zoco_moves"), "label": _("Moving sites")}, {"url": None, "label": title}]
    shown = {
        "title": title,
        "icon_name": "download",
        "breadcrumbs_items": crumbs if template == "move" else crumbs[:1],
    }
    return render(request, f"zoco/moving/{template}.html", shown | values)


@never_cache
@_may
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the moves, the newest first, and offer both ways."""
    running.RUNS.look(kind__in=SiteMove.Kind.values)
    return _listing(request, OutForm(), InForm())


def _listing(request: HttpRequest, out: OutForm, given: InForm) -> HttpResponse:
    moves = SiteMove.objects.select_related("site", "created_by").order_by("-id")[:LISTED]
    lines = [
        {"move": move, "icon": ICONS.get(State(move.state), "time"), "facts": formats.count(move.facts)}
        for move in moves
    ]
    has_site = Site.objects.exists()
    return _page(request, "moves", _("Moving sites"), out=out, form=given, lines=lines, has_site=has_site)


@_may
@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """Begin to write an archive."""
    form = OutForm(request.POST)
    if not form.is_valid():
        return _listing(request, form, InForm())
    move = export_begin(site=form.cleaned_data["site"], by=request.user.pk)
    running.move_enqueue(move)
    return redirect("zoco_moves_one", pk=move.pk)


@_may
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an import: with the whole file, or with its name and size, for pieces that follow."""
    form = InForm(request.POST, request.FILES)
    form.is_valid()
    given = form.cleaned_data
    file = given.get("file")
    name, size = given.get("name") or "", given.get("size") or 0
    try:
        if file is None and not (name and size):
            raise MoveRefused(_("Choose the archive that the other installation wrote."))  # noqa: TRY301
        move = moving.import_begin(
            name=file.name if file else name, size=file.size if file else size, by=request.user.pk
        )
        offset = 0
        while file and (piece := file.read(1 << 20)):
            offset = moving.part_take(move=move, offset=offset, piece=piece)
    except MoveRefused as error:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"error": str(error)}, status=422)
        form.add_error("file", str(error))
        return _listing(request, OutForm(), form)
    if file:
        running.move_enqueue(move)
    page = reverse("zoco_moves_one", args=[move.pk])
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"page": page, "part": reverse("zoco_moves_part", args=[move.pk])})
    return redirect(page)


@_may
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of an archive; the body is its bytes. With the last one the import begins."""
    move = get_object_or_404(SiteMove, pk=pk, kind=SiteMove.Kind.IN)
    offset = request.GET.get("offset", "")
    piece = request.read(PIECE_MOST + 1)
    if not offset.isdecimal() or len(offset) > 18 or len(piece) > PIECE_MOST:
        return JsonResponse({"error": _("This is no piece of a file.")}, status=422)
    try:
        received = moving.part_take(move=move, offset=int(offset), piece=piece)
    except MoveRefused as error:
        return JsonResponse({"error": str(error), "received": move.received}, status=409)
    if received == move.size:
        running.move_enqueue(move)
    return JsonResponse({"received": received, "size": move.size})


@never_cache
@_may
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a move is and what came of it."""
    running.RUNS.look(pk=pk)
    move = get_object_or_404(SiteMove.objects.select_related("site", "target", "created_by"), pk=pk)
    is_out = move.kind == SiteMove.Kind.OUT
    is_over = move.state in (State.STOPPED, State.FAILED)
    is_asking, is_uploading = move.state == State.ASKING, move.state == State.UPLOADING
    return _page(
        request,
        "move",
        move.name,
        run=move,
        is_open=move.is_open,
        said=_(move.said) if move.said else "",
        is_out=is_out,
        icon=ICONS.get(State(move.state), "time"),
        share=round(100 * move.done / move.total) if move.total else 0,
        facts=formats.count(move.facts),
        added=formats.count(move.added),
        settings=formats.count(move.found.get("settings", 0)),
        refused=move.found.get("refused", []),
        is_done=move.state == State.DONE,
        is_asking=is_asking,
        asked=_asked(move.target) if is_asking and move.target else None,
        is_uploading=is_uploading,
        may_stop=move.is_open,
        may_keep=is_over and move.is_fresh and move.site_id is not None and is_half_here(move.site_id),
        may_go_on=is_over and (is_out or archive_of(move).exists()),
        may_delete=not move.is_open and not move.path and (is_uploading or archive_of(move).exists()),
        has_file=is_out and move.state == State.DONE and archive_of(move).exists(),
    )


def _asked(site: Site) -> dict[str, object]:
    """Return what a person is told of a site that an archive would go into."""
    from zoco.ledger.store import opening

    known = standing(opening.store(), site)
    days = formats.span(known.first.date(), known.last.date()) if known.first and known.last else "–"
    return {"site": site, "hosts": known.hosts or "–", "facts": formats.count(known.facts), "days": days}


@_may
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop, go on, say that a site is the right one, or is kept as it is, or delete the file."""
    move = get_object_or_404(SiteMove, pk=pk)
    wanted = request.POST.get("do", "")
    if wanted == "stop":
        running.RUNS.stop(move)
    elif wanted == "go" and move.state in (State.STOPPED, State.FAILED):
        running.move_enqueue(move)
    elif wanted == "join":
        site = request.POST.get("site", "")
        target_confirm(move=move, site=int(site) if site.isdecimal() and len(site) < 10 else None)
    elif wanted == "keep":
        running.RUNS.look(site=move.site_id)
        half_keep(move=move)
    elif wanted == "delete" and not move.path:
        running.move_delete(move)
        if move.state == State.UPLOADING:
            move.delete()
            return redirect("zoco_moves")
    return redirect("zoco_moves_one", pk=pk)


@never_cache
@_may
@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out an archive that is whole."""
    move = get_object_or_404(SiteMove, pk=pk, kind=SiteMove.Kind.OUT, state=State.DONE, path="")
    try:
        found: Any = archive_of(move).open("rb")
    except FileNotFoundError:
        raise Http404(_("The file is no longer there; export the site again.")) from None
    return FileResponse(found, as_attachment=True, filename=move.name)
