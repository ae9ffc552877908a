"""Pages of those who import: the list with its form, one import, pieces of an upload, what was refused."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.ledger.pictures import formats
from zoco.monitor.imports import said, services
from zoco.monitor.imports.base import importers_all
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.imports.services import ImportWrong
from zoco.sites.models import Site
from zoco.sites.reads import site_asked

SEE, MAKE, UNDO = (f"zoco_monitor.{verb}_importrun" for verb in ("view", "add", "delete"))
PIECE_MOST = 8 << 20
LISTED = 200
State = ImportRun.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross", State.UNDONE: "cross"}


class ImportForm(forms.Form):
    """Which file, of which program, into which site."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.order_by("is_demo", "id"), empty_label=None
    )
    kind = forms.ChoiceField(label=pgettext_lazy("export", "Made by"))
    website = forms.CharField(
        label=gettext_lazy("Id of the website"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only for a dump of several websites."),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    name = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    size = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kinds = self.fields["kind"]
        kinds.choices = [(each.key, each.label) for each in importers_all()]  # type: ignore[attr-defined]


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs = [{"url": reverse("zoco_imports"), "label": _("Imports")}, {"url": None, "label": title}]
    shown = {
        "title": title,
        "icon_name": "upload",
        "breadcrumbs_items": crumbs if template == "one" else crumbs[:1],
    }
    return render(request, f"zoco/monitor/imports/{template}.html", shown | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the imports, the newest first, and offer to make one."""
    return _listing(request, ImportForm(initial={"site": site_asked(request)}))


def _listing(request: HttpRequest, form: ImportForm) -> HttpResponse:
    runs = ImportRun.objects.select_related("site", "created_by").order_by("-id")[:LISTED]
    labels = {each.key: each.label for each in importers_all()}
    return _page(
        request,
        "imports",
        _("Imports"),
        form=form,
        helps=[(each.label, each.help) for each in importers_all()],
        lines=[_line(run, labels) for run in runs],
        may_make=request.user.has_perm(MAKE),
        has_site=Site.objects.exists(),
    )


def _line(run: ImportRun, labels: dict[str, Any]) -> dict[str, Any]:
    return {
        "run": run,
        "label": labels.get(run.kind, run.kind),
        "icon": ICONS.get(State(run.state), "time"),
        "span": formats.span(run.first_on, run.last_on) if run.first_on and run.last_on else "–",
        "days": formats.count(run.days_in) if run.state == State.DONE else "–",
    }


@permission_required(MAKE, raise_exception=True)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an import: with the whole file, or with its name and size, for pieces that follow."""
    form = ImportForm(request.POST, request.FILES)
    is_script = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        return JsonResponse({"error": _errors(form)}, status=422) if is_script else _listing(request, form)
    given = form.cleaned_data
    file = given["file"]
    if file is None and not (given["name"] and given["size"]):
        form.add_error("file", _("Choose the file that was exported."))
        return JsonResponse({"error": _errors(form)}, status=422) if is_script else _listing(request, form)
    try:
        run = services.run_begin(
            site=given["site"].pk,
            kind=given["kind"],
            name=file.name if file else given["name"],
            size=file.size if file else given["size"],
            website=given["website"],
            by=request.user.pk,
        )
        if file:
            services.file_take(run=run, pieces=lambda: file.read(1 << 20))
            services.read_begin(run=run)
    except ImportWrong as error:
        form.add_error("file", str(error))
        return JsonResponse({"error": _errors(form)}, status=422) if is_script else _listing(request, form)
    page = reverse("zoco_imports_one", args=[run.pk])
    if is_script:
        return JsonResponse({"page": page, "part": reverse("zoco_imports_part", args=[run.pk])})
    return redirect(page)


def _errors(form: ImportForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@permission_required(MAKE, raise_exception=True)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of a file; the body is its bytes. The last one has the file read."""
    run = get_object_or_404(ImportRun, pk=pk)
    offset = request.GET.get("offset", "")
    piece = request.read(PIECE_MOST + 1)
    if not offset.isdecimal() or len(offset) > 18 or len(piece) > PIECE_MOST:
        return JsonResponse({"error": _("This is no piece of a file.")}, status=422)
    try:
        received = services.part_take(run=run, offset=int(offset), piece=piece)
        if received == run.size:
            services.read_begin(run=run)
    except ImportWrong as error:
        return JsonResponse({"error": str(error), "received": run.received}, status=409)
    return JsonResponse({"received": received, "size": run.size})


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an import holds and what can be done with it."""
    run = get_object_or_404(ImportRun.objects.select_related("site", "created_by"), pk=pk)
    may = request.user.has_perm(MAKE)
    return _page(
        request,
        "one",
        run.name,
        run=run,
        icon=ICONS.get(State(run.state), "time"),
        progress=said.progress(run),
        share=round(100 * run.done / run.total) if run.total else 0,
        is_open=run.is_open,
        may_upload=may and run.state == State.UPLOADING,
        part_url=reverse("zoco_imports_part", args=[run.pk]),
        page_url=reverse("zoco_imports_one", args=[run.pk]),
        may_put=may and run.state == State.READY,
        may_read=may and run.state in (State.STOPPED, State.FAILED) and bool(run.size),
        may_prefer=may and run.state == State.DONE and not run.is_preferred,
        may_own=may and run.state == State.DONE and run.is_preferred,
        may_stop=may and run.state == State.READING,
        may_undo=request.user.has_perm(UNDO) and _is_there(run),
        has_refused=(services.folder_of(run) / "refused.csv").exists() and bool(run.refused),
        traffic=_traffic(run),
        unread=said.unread(run),
        **said.preview(run),
    )


def _is_there(run: ImportRun) -> bool:
    return not run.is_open and run.state != State.UNDONE


@never_cache
@permission_required(UNDO, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to take an import out, and do it when the answer comes."""
    run = get_object_or_404(ImportRun.objects.select_related("site"), pk=pk)
    if request.method == "POST":
        try:
            services.run_undo(run=run)
        except ImportWrong as error:
            ImportRun.objects.filter(pk=pk).update(said=str(error)[:500])
    elif _is_there(run):
        title = _("Take this import out?") if run.state == State.DONE else _("Discard this import?")
        return _page(request, "undo", title, run=run, is_in=run.state == State.DONE, **said.preview(run))
    return redirect("zoco_imports_one", pk=pk)


def _traffic(run: ImportRun) -> str:
    """Return where the imported days are seen."""
    if run.state != State.DONE or not run.first_on:
        return ""
    query = f"site={run.site.slug}&period={run.first_on}..{run.last_on}"
    return f"{reverse('zoco_desk:report', args=['traffic'])}?{query}"


@permission_required(MAKE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Read again, import, stop, or let its days count instead of the site's own."""
    run = get_object_or_404(ImportRun, pk=pk)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "read":
            run.website = request.POST.get("website", run.website).replace("\0", "")[:100].strip()
            services.read_begin(run=run)
        elif wanted == "put":
            services.put_begin(run=run)
        elif wanted == "stop":
            services.READS.stop(run)
        elif wanted in ("prefer", "own"):
            services.run_prefer(run=run, is_preferred=wanted == "prefer")
    except ImportWrong as error:
        ImportRun.objects.filter(pk=pk).update(said=str(error)[:500])
    return redirect("zoco_imports_one", pk=pk)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def refused(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the rows that were refused."""
    run = get_object_or_404(ImportRun, pk=pk)
    path = services.folder_of(run) / "refused.csv"
    if not path.exists():
        raise Http404(_("Nothing was refused, or it is no longer kept."))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"refused-{pk}.csv")
