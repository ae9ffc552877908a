"""Pages of imports of costs: the list with its form, one from its upload to what was refused."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.campaigns.costs.importing import running, said
from zoco.campaigns.costs.importing.choosing import MappingForm
from zoco.campaigns.costs.importing.running import format_named
from zoco.campaigns.costs.models import CostImport
from zoco.campaigns.costs.pages import page, site_asked
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import no_site
from zoco.people.importing.paged import (
    UploadForm,
    acted,
    begun,
    is_mapped,
    line_of,
    piece_taken,
    refusals_sent,
    standing,
)
from zoco.people.importing.uploaded import has_report

SEE, MAKE = (f"zoco_campaigns.{verb}_costimport" for verb in ("view", "add"))
PAGE = "zoco_cost_import"
LISTED = 100
State = CostImport.State


def upload_form(*given: Any) -> UploadForm:
    """Return the form for a file of costs."""
    return UploadForm(*given, about=_("CSV, a workbook (.xlsx), or a zip of CSV files, broken down by day."))


def _read(run: CostImport) -> None:
    running.step_begin(run=run, step="read")


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the imports of a site, the newest first, and offer to make one."""
    site = site_asked(request)
    return _listing(request, site, upload_form()) if site else no_site(request, _("Import costs"))


def _listing(request: HttpRequest, site: SiteInfo, form: UploadForm, status: int = 200) -> HttpResponse:
    runs = CostImport.objects.filter(site=site.id).select_related("created_by")[:LISTED]
    may_make = request.user.has_perm(MAKE)
    lines = [_line(each) for each in runs]
    return page(
        request, "imports", _("Import costs"), site, status=status, form=form, lines=lines, may_make=may_make
    )


def _line(run: CostImport) -> dict[str, Any]:
    counts = {
        pgettext("costs", "New costs"): run.counts.get("new", 0),
        pgettext("costs", "Stated anew"): run.counts.get("changed", 0),
        pgettext("import", "Refused rows"): run.plan.get("refused", 0),
    }
    return line_of(run, PAGE, str(format_named(run.kind).label) if run.kind else "", counts)


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin an import: with the whole file, or with its name and size, for pieces that follow."""
    site = site_asked(request)
    if site is None:
        return no_site(request, _("Import costs"))
    form = upload_form(request.POST, request.FILES)
    by = request.user if isinstance(request.user, User) else None
    of = site.id
    return begun(
        request,
        form,
        runs=running.RUNS,
        begin=lambda name, size: running.import_begin(
            site=of, name=name, size=size, by=by, at=timezone.now()
        ),
        read=_read,
        page=PAGE,
        again=lambda: _listing(request, site, form, 422),
        nothing=_("Choose the file with the costs."),
    )


def _run(pk: int) -> CostImport:
    return get_object_or_404(CostImport, pk=pk, site__in=[each.id for each in sitebook.sites()])


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of a file; the body is its bytes. The last one has the file read."""
    return piece_taken(request, _run(pk), runs=running.RUNS, read=_read)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, and what can be done with it."""
    return _one(request, _run(pk))


def _one(request: HttpRequest, run: CostImport, form: MappingForm | None = None) -> HttpResponse:
    may, is_planned = request.user.has_perm(MAKE), run.state == State.PLANNED
    if form is None and may and is_mapped(request, run):
        form = MappingForm(run)
    site = sitebook.site(run.site.slug)
    return page(
        request, "import", run.name, site, status=422 if form and form.errors else 200,
        sites=(),
        made_by=format_named(run.kind).label if run.kind else "",
        rows=formats.count(run.found.get("rows", run.total)),
        days=said.period_said(run),
        counts=[] if form else said.counted(run),
        warnings=said.warnings(run) if is_planned or run.state == State.DONE else [],
        preview=said.preview(run) if is_planned and not form else None,
        has_report=has_report(running.RUNS, run),
        forget=_("Forget this import; the costs stay"),
        **standing(run, form, page=PAGE, may=may),
    )  # fmt: skip


@never_cache
@permission_required(MAKE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Try it out as it was mapped, import, stop, go on, or discard."""
    run = _run(pk)
    do = request.POST.get("do", "")
    if do == "plan":
        form = MappingForm(run, request.POST)
        if not form.is_valid():
            return _one(request, run, form)
        kind, mapping, options = form.chosen
        running.plan_begin(run=run, kind=kind, mapping=mapping, options=options)
    elif acted(do, run, runs=running.RUNS, write=_write, go_on=_go_on):
        return redirect(f"{reverse('zoco_cost_imports')}?{urlencode({'site': run.site.slug})}")
    return redirect(PAGE, pk=pk)


def _write(run: CostImport) -> None:
    running.step_begin(run=run, step="write")


def _go_on(run: CostImport) -> None:
    running.go_on(run=run)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the rows that were refused, each with its line and the reason."""
    return refusals_sent(_run(pk), runs=running.RUNS)
