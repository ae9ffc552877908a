"""Pages of contracts: tables of a site with the form for another, and what one of them says."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing, file_asked, offered
from zoco.ledger.pictures.explained import Explained
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.research import opened
from zoco.research.contracts import runs
from zoco.research.contracts.forms import COHORTS, EXAMPLE, KINDS, ContractForm
from zoco.research.contracts.reading import typed_again
from zoco.research.contracts.runs import TableUnderWay
from zoco.research.contracts.showing import shown
from zoco.research.contracts.working import kinds_of
from zoco.research.models import TABLES_MOST, ContractTable
from zoco.research.opening import site_asked
from zoco.sites.wording import said_again

SEE, ADD, CHANGE, DELETE = (
    f"zoco_research.{verb}_contracttable" for verb in ("view", "add", "change", "delete")
)
State = ContractTable.State
ICONS = {State.FAILED: "warning", State.STOPPED: "cross"}


def _page(
    request: HttpRequest, template: str, title: str, site: SiteInfo, status: int = 200, **values: Any
) -> HttpResponse:
    head = head_of_site(title, site, sitebook.sites()) | {"icon_name": "group"}
    return render(request, f"zoco/research/{template}.html", head | values, status=status)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List tables of a site; POST keeps another. `example` fills in the published one."""
    title, site = _("Contracts"), site_asked(request)
    if site is None:
        return no_site(request, title)
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        form = ContractForm(request.POST, request.FILES)
        if form.is_valid():
            by = request.user if isinstance(request.user, User) else None
            table = ContractTable(site_id=site.id, created_by=by)
            form.fill(table)
            try:
                runs.table_keep(table=table, at=timezone.now())
                return redirect("zoco_contract", pk=table.pk)
            except ValidationError as error:
                form.add_error(None, error)
    else:
        example = {"name": _("Fader and Hardie 2007"), "text": EXAMPLE} if "example" in request.GET else {}
        form = ContractForm(initial=example)
    tables = ContractTable.objects.filter(site=site.id)[:TABLES_MOST]
    return _page(
        request, "contracts", title, site, 422 if form.errors else 200,
        form=form,
        lines=[_line(each) for each in tables],
        may_add=request.user.has_perm(ADD),
    )  # fmt: skip


def _line(table: ContractTable) -> dict[str, Any]:
    return {
        "table": table,
        "state": "" if table.state == State.DONE else table.get_state_display(),
        "icon": ICONS.get(State(table.state), "time"),
        "customers": formats.count(round(sum(each["counts"][0] for each in table.groups))),
        "changed": moments.said(table.changed_at),
    }


def _table(pk: int) -> tuple[ContractTable, SiteInfo]:
    sites = {each.id: each for each in sitebook.sites()}
    table = get_object_or_404(ContractTable, pk=pk, site__in=list(sites))
    return table, sites[table.site_id]


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a table says; POST changes it, and what it says."""
    table, site = _table(pk)
    may_change = request.user.has_perm(CHANGE)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = ContractForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                runs.table_change(key=table.pk, fill=form.fill, at=timezone.now())
                return redirect("zoco_contract", pk=table.pk)
            except TableUnderWay as error:
                form.add_error(None, said_again(error.words, error.places))
    else:
        form = ContractForm(initial=_initial(table))
    told = shown(table, site.currency)
    explained = opened.contracts(told, site)
    drawings = _drawings(table, told, explained)
    if file := file_asked(request, drawings, site, "contracts", timezone.now()):
        return file
    files = offered(request, drawings, site, "contracts")
    for number, each in enumerate(told["groups"], 1):
        each["file"] = files.get(f"group-{number}")
    return _page(
        request, "contract", table.name, site, 422 if form.errors else 200,
        sites=(),
        table=table,
        changed=moments.said(table.changed_at),
        form=form if may_change and (form.errors or not table.is_open) else None,
        running=_running(table),
        failed=_failed(table),
        may_change=may_change,
        may_delete=request.user.has_perm(DELETE),
        opens=explained,
        **told,
    )  # fmt: skip


def _drawings(table: ContractTable, told: dict[str, Any], explained: Explained) -> list[Drawing]:
    return [
        Drawing(
            f"group-{number}", table.name, each["name"], partial(stood.one, each["picture"].wide), explained
        )
        for number, each in enumerate(told["groups"], 1)
        if each.get("picture")
    ]


def _running(table: ContractTable) -> dict[str, Any] | None:
    """Say how far it is, None where it is over: kinds of customers are worked out one after the other."""
    if not table.is_open:
        return None
    total, done = len(kinds_of(table)), len(table.found.get("groups", ()))
    progress = {"done": formats.count(done), "total": formats.count(total)}
    is_begun = table.state == State.RUNNING
    return {
        "progress": _("Worked out: %(done)s of %(total)s") % progress
        if is_begun
        else _("It waits for its turn."),
        "share": round(100 * done / total) if total else 0,
        "may_stop": table.state != State.NEW,
    }


def _failed(table: ContractTable) -> str:
    if table.state not in (State.STOPPED, State.FAILED):
        return ""
    if table.state == State.STOPPED:
        return _("It was stopped before all was worked out.")
    return said_again(table.said, table.places)


def _initial(table: ContractTable) -> dict[str, Any]:
    fields = ("name", "period", "discount", "money")
    columns = COHORTS if table.is_together else KINDS
    return {name: getattr(table, name) for name in fields} | {
        "columns": columns,
        "text": typed_again(table.groups),
    }


@permission_required(CHANGE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop working a table out, or go on."""
    table, _site = _table(pk)
    if request.POST.get("do") == "stop":
        runs.RUNS.stop(table)
    elif request.POST.get("do") == "again":
        runs.table_again(table=table)
    return redirect("zoco_contract", pk=table.pk)


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a table."""
    table, site = _table(pk)
    table.delete()
    return redirect(f"{reverse('zoco_contracts')}?{urlencode({'site': site.slug})}")
