"""Pages of contracts: tables of a site with the form for another, and what one of them says."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
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
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.research import opened
from zoco.research.contracts.forms import COHORTS, EXAMPLE, KINDS, ContractForm
from zoco.research.contracts.reading import typed_again
from zoco.research.contracts.showing import shown
from zoco.research.contracts.working import worked
from zoco.research.models import ContractTable
from zoco.research.opening import site_asked

SEE, ADD, CHANGE, DELETE = (
    f"zoco_research.{verb}_contracttable" for verb in ("view", "add", "change", "delete")
)
LISTED = 100


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
            return _kept(form, ContractTable(site_id=site.id, created_by=by))
    else:
        example = {"name": _("Fader and Hardie 2007"), "text": EXAMPLE} if "example" in request.GET else {}
        form = ContractForm(initial=example)
    tables = ContractTable.objects.filter(site=site.id)[:LISTED]
    return _page(
        request, "contracts", title, site, 422 if form.errors else 200,
        form=form,
        lines=[_line(each) for each in tables],
        may_add=request.user.has_perm(ADD),
    )  # fmt: skip


def _line(table: ContractTable) -> dict[str, Any]:
    return {
        "table": table,
        "customers": formats.count(round(sum(each["counts"][0] for each in table.groups))),
        "changed": moments.said(table.changed_at),
    }


def _kept(form: ContractForm, table: ContractTable) -> HttpResponse:
    form.fill(table)
    table.found = worked(table)
    table.save()
    return redirect("zoco_contract", pk=table.pk)


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
            return _kept(form, table)
    else:
        form = ContractForm(initial=_initial(table))
    told = shown(table, site.currency)
    explained = opened.contracts(told, site)
    drawings = [
        Drawing(
            f"group-{number}", table.name, each["name"], partial(stood.one, each["picture"].wide), explained
        )
        for number, each in enumerate(told["groups"], 1)
        if each.get("picture")
    ]
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
        form=form if may_change else None,
        may_delete=request.user.has_perm(DELETE),
        opens=explained,
        **told,
    )  # fmt: skip


def _initial(table: ContractTable) -> dict[str, Any]:
    fields = ("name", "period", "discount", "money")
    columns = COHORTS if table.is_together else KINDS
    return {name: getattr(table, name) for name in fields} | {
        "columns": columns,
        "text": typed_again(table.groups),
    }


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a table."""
    table, site = _table(pk)
    table.delete()
    return redirect(f"{reverse('zoco_contracts')}?{urlencode({'site': site.slug})}")
