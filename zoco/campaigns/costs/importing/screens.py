"""Pages of imports of costs: the list with its form, one from its upload to what was refused."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.campaigns.costs.importing import running, said, steps
from zoco.campaigns.costs.importing.choosing import MappingForm
from zoco.campaigns.costs.importing.running import format_named
from zoco.campaigns.costs.models import CostImport
from zoco.campaigns.costs.pages import page, site_asked
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.spoken import spoken
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import no_site
from zoco.people.importing.files.refusals import refused_texts
from zoco.sites.stepped import ImportWrong
from zoco.sites.wording import said_again

SEE, MAKE = (f"zoco_campaigns.{verb}_costimport" for verb in ("view", "add"))
PIECE_MOST = 8 << 20
LISTED = 100
State = CostImport.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross"}


class UploadForm(forms.Form):
    """Which file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("CSV, a workbook (.xlsx), or a zip of CSV files, broken down by day."),
    )
    name = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    size = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the imports of a site, the newest first, and offer to make one."""
    site = site_asked(request)
    return _listing(request, site, UploadForm()) if site else no_site(request, _("Import costs"))


def _listing(request: HttpRequest, site: SiteInfo, form: UploadForm, status: int = 200) -> HttpResponse:
    runs = CostImport.objects.filter(site=site.id).select_related("created_by")[:LISTED]
    may_make = request.user.has_perm(MAKE)
    lines = [_line(each) for each in runs]
    return page(
        request, "imports", _("Import costs"), site, status=status, form=form, lines=lines, may_make=may_make
    )


def _line(run: CostImport) -> dict[str, Any]:
    counts = run.counts if run.state == State.DONE else {}
    figures = {
        name: formats.count(counts.get(name, 0)) if counts else "–" for name in ("new", "changed", "same")
    }
    refused = formats.count(run.plan.get("refused", 0)) if counts else "–"
    return {
        "run": run,
        "icon": ICONS.get(State(run.state), "time"),
        "format": format_named(run.kind).label if run.kind else "–",
        "refused": refused,
        **figures,
    }


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an import: with the whole file, or with its name and size, for pieces that follow."""
    site = site_asked(request)
    if site is None:
        return no_site(request, _("Import costs"))
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()
    file = form.cleaned_data.get("file")
    name, size = form.cleaned_data.get("name") or "", form.cleaned_data.get("size") or 0
    if file:
        name, size = file.name, file.size
    is_script = request.headers.get("Accept") == "application/json"
    by = request.user if isinstance(request.user, User) else None
    try:
        if file is None and not (name and size):
            raise ImportWrong(_("Choose the file with the costs."))  # noqa: TRY301
        run = running.import_begin(site=site.id, name=name, size=size, by=by, at=timezone.now())
        offset = 0
        while file and (piece := file.read(1 << 20)):
            offset = running.RUNS.part_take(run, offset=offset, piece=piece)
    except ImportWrong as error:
        if is_script:
            return JsonResponse({"error": str(error)}, status=422)
        form.add_error("file", str(error))
        return _listing(request, site, form, 422)
    if file:
        running.step_begin(run=run, step="read")
    where = reverse("zoco_cost_import", args=[run.pk])
    if is_script:
        return JsonResponse({"page": where, "part": reverse("zoco_cost_import_part", args=[run.pk])})
    return redirect(where)


def _run(pk: int) -> CostImport:
    return get_object_or_404(CostImport, pk=pk, site__in=[each.id for each in sitebook.sites()])


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of a file; the body is its bytes. The last one has the file read."""
    run = _run(pk)
    offset = request.GET.get("offset", "")
    piece = request.read(PIECE_MOST + 1)
    if not (offset.isascii() and offset.isdigit()) or len(offset) > 18 or len(piece) > PIECE_MOST:
        return JsonResponse({"error": _("This is no piece of a file.")}, status=422)
    try:
        received = running.RUNS.part_take(run, offset=int(offset), piece=piece)
    except ImportWrong as error:
        return JsonResponse({"error": str(error), "received": run.received}, status=409)
    if received == run.size:
        running.step_begin(run=run, step="read")
    return JsonResponse({"received": received, "size": run.size})


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, and what can be done with it."""
    return _one(request, _run(pk))


def _one(request: HttpRequest, run: CostImport, form: MappingForm | None = None) -> HttpResponse:
    may, is_open = request.user.has_perm(MAKE), run.state == State.WORKING
    is_planned = run.state == State.PLANNED
    if form is None and may and (run.state == State.READ or (is_planned and "change" in request.GET)):
        form = MappingForm(run)
    site = sitebook.site(run.site.slug)
    return page(
        request, "import", run.name, site, status=422 if form and form.errors else 200,
        sites=(),
        run=run,
        said=said_again(run.said, run.said_places),
        icon=ICONS.get(State(run.state), "time"),
        format=format_named(run.kind).label if run.kind else "",
        is_open=is_open,
        share=round(100 * run.done / run.total) if run.total and is_open else 0,
        rows=formats.count(run.found.get("rows", run.total)),
        days=said.period_said(run),
        form=form,
        counts=[] if form else said.counted(run),
        warnings=said.warnings(run) if is_planned or run.state == State.DONE else [],
        preview=said.preview(run) if is_planned and not form else None,
        may_upload=may and run.state == State.UPLOADING,
        may_write=may and is_planned and not form,
        may_stop=may and is_open,
        may_go_on=may and run.state in (State.STOPPED, State.FAILED) and bool(run.total),
        may_discard=may and not is_open,
        has_report=running.has_report(run),
    )  # fmt: skip


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Try it out as it was mapped, import, stop, go on, or discard."""
    run = _run(pk)
    match request.POST.get("do", ""):
        case "plan":
            form = MappingForm(run, request.POST)
            if not form.is_valid():
                return _one(request, run, form)
            kind, mapping, options = form.chosen
            running.plan_begin(run=run, kind=kind, mapping=mapping, options=options)
        case "write":
            running.step_begin(run=run, step="write")
        case "stop":
            running.RUNS.stop(run)
        case "on":
            running.go_on(run=run)
        case "discard":
            running.RUNS.discard(run)
            return redirect(f"{reverse('zoco_cost_imports')}?{urlencode({'site': run.site.slug})}")
    return redirect("zoco_cost_import", pk=pk)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the rows that were refused, each with its line and the reason."""
    run = _run(pk)
    if not running.has_report(run):
        raise Http404(_("Nothing was refused, or it is no longer kept."))
    told = refused_texts(
        running.RUNS.path_of(run.pk) / steps.REFUSED,
        names=[each["name"] for each in run.forms],
        keys=[each["key"] for each in run.columns],
    )
    answer = StreamingHttpResponse(spoken(told), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{pk}.csv"'
    return answer
