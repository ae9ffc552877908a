"""Pages of attribution: runs with a form for one more, a run, its credits as a file, and the definition."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import answered
from zoco.ledger.views.heads import no_site, site_chosen
from zoco.monitor.attribution import causes, opened, said, services, sheet
from zoco.monitor.attribution.definition import definition_of, rule_of, rule_set
from zoco.monitor.attribution.explained import EXPLAINED
from zoco.monitor.attribution.forms import AttributionForm, RuleForm
from zoco.monitor.attribution.models import AttributionRun, ConversionRule
from zoco.monitor.attribution.services import AttributionWrong
from zoco.sites.models import Site
from zoco.sites.reads import site_asked
from zoco.stats.attribution import Measure

SEE, MAKE, DELETE = (f"zoco_monitor.{verb}_attributionrun" for verb in ("view", "add", "delete"))
SEE_RULE, MAKE_RULE = (f"zoco_monitor.{verb}_conversionrule" for verb in ("view", "add"))
LISTED = 100
State = AttributionRun.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross"}


def _head(template: str, title: str) -> dict[str, object]:
    crumbs = [{"url": reverse("zoco_attributions"), "label": _("Attribution")}, {"url": None, "label": title}]
    is_first = template == "attributions"
    return {
        "title": title, "icon_name": "zoco-monitor", "breadcrumbs_items": crumbs[1 if is_first else 0 :]
    }  # fmt: skip


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    return render(request, f"zoco/monitor/attribution/{template}.html", _head(template, title) | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the runs, the newest first, and offer to make one."""
    if not sitebook.sites():
        return no_site(request, _("Attribution"))
    return _listing(request, AttributionForm.fresh(site_asked(request) or Site.objects.first()))


def _listing(request: HttpRequest, form: AttributionForm) -> HttpResponse:
    runs = AttributionRun.objects.select_related("site", "created_by").order_by("-id")[:LISTED]
    return _page(
        request,
        "attributions",
        _("Attribution"),
        form=form,
        lines=[_line(run) for run in runs],
        sites=[_defined(site) for site in sitebook.sites()],
        may_make=request.user.has_perm(MAKE),
        may_define=request.user.has_perm(SEE_RULE),
    )


def _defined(site: sitebook.SiteInfo) -> dict[str, Any]:
    found = definition_of(site.id)
    days = ngettext("%(number)s day", "%(number)s days", found.lookback_days)
    return {
        "site": site,
        "goals": ", ".join(goal.name for goal in found.goals),
        "days": days % {"number": formats.count(found.lookback_days)},
        "identity": _("known people, else browsers") if found.is_by_person else _("browsers"),
    }


def _line(run: AttributionRun) -> dict[str, Any]:
    return {
        "run": run,
        "icon": ICONS.get(State(run.state), "time"),
        "span": formats.span(run.first_on, run.last_on),
        "begun": formats.moment(timezone.localtime(run.created_at)),
    }


@permission_required(MAKE, raise_exception=True)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a run."""
    form = AttributionForm(request.POST)
    if not form.is_valid():
        return _listing(request, form)
    given = form.cleaned_data
    try:
        run = services.run_begin(
            site=given["site"].pk,
            by=given["by"],
            first=given["first"],
            last=given["last"],
            user=request.user.pk,
        )
    except AttributionWrong as error:
        form.add_error(None, str(error))
        return _listing(request, form)
    return redirect("zoco_attribution", pk=run.pk)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a run is, and its credits, or give their picture."""
    run = get_object_or_404(AttributionRun.objects.select_related("site", "created_by"), pk=pk)
    measure = Measure.CONVERSIONS if request.GET.get("of") == "conversions" else Measure.REVENUE
    may = request.user.has_perm(MAKE)
    line, stands, table = _line(run), said.stands(run, run.site.zone), said.table(run, measure)
    values = _head("attribution", line["span"]) | dict(
        line,
        is_demo=run.site.is_demo,
        said=_(run.said) if run.said else "",
        measures=[(each.value, label, each is measure) for each, label in _measures(run)],
        table=table,
        opened=opened.credits(stands) if table else None,
        opened_causal=opened.causal(stands) if table else None,
        causal=causes.causal(run, measure, request.user),
        stands=stands,
        models=said.explained(),
        share=round(100 * run.done / run.total) if run.total else 0,
        progress=_("%(done)s of %(total)s steps")
        % {"done": formats.count(run.done), "total": formats.count(run.total)},
        may_stop=may and run.is_open,
        may_again=may and not run.is_open,
        may_delete=request.user.has_perm(DELETE) and not run.is_open,
        orders_url=_orders(run),
    )
    about = f"{dict(_measures(run))[measure]} · {run.get_by_display()} · {line['span']}"
    heads = (str(run.get_by_display()), _scale(table), str(EXPLAINED[said.CHOSEN].label))
    return answered(
        request, "zoco/monitor/attribution/attribution.html", values,
        drawings=opened.drawings(table, stands, about, heads), site=run.site,
        stem=f"attribution-{run.pk}-{measure.value}", now=timezone.now(),
    )  # fmt: skip


def _scale(table: dict[str, Any]) -> str:
    return _("0 to %(scale)s") % {"scale": table["scale"]} if table else ""


def _measures(run: AttributionRun) -> list[tuple[Measure, str]]:
    currency = run.rule.get("currency", "")
    money = _("Revenue") + (f", {currency}" if currency else "")
    return [(Measure.REVENUE, money), (Measure.CONVERSIONS, _("Conversions"))]


def _orders(run: AttributionRun) -> str:
    where = reverse("zoco_desk:report", args=["conversions"])
    return f"{where}?site={run.site.slug}&period={run.first_on}..{run.last_on}"


@permission_required(MAKE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop, count again, or delete."""
    run = get_object_or_404(AttributionRun, pk=pk)
    wanted = request.POST.get("do", "")
    if wanted == "stop":
        services.RUNS.stop(run)
    elif wanted == "again":
        try:
            services.run_again(run=run)
        except AttributionWrong as error:
            messages.error(request, str(error))
    elif wanted == "delete" and request.user.has_perm(DELETE) and not run.is_open:
        run.delete()
        return redirect("zoco_attributions")
    return redirect("zoco_attribution", pk=pk)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def credits_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out all credits as they were worked out, and what experiments say of the same labels."""
    run = get_object_or_404(AttributionRun, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"attribution-{run.by}-{run.first_on}-{run.last_on}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows(sheet.rows(run, request.user))
    return response


@never_cache
@permission_required(SEE_RULE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def definition(request: HttpRequest) -> HttpResponse:
    """Show what a site's conversions are, what they were, and take another definition."""
    sites = list(Site.objects.order_by("is_demo", "id"))
    if not sites:
        return no_site(request, _("What a conversion is"))
    site = site_chosen(sites, request.GET.get("site", ""))
    may = request.user.has_perm(MAKE_RULE)
    posted = request.POST if request.method == "POST" and may else None
    form = RuleForm(posted, site=site, rule=rule_of(site.pk))
    if posted is not None and form.is_valid():
        rule_set(site=site.pk, by=request.user.pk, **form.cleaned_data)
        return redirect(f"{reverse('zoco_conversions')}?site={site.slug}")
    rules = ConversionRule.objects.filter(site=site).select_related("created_by").order_by("-id")[:LISTED]
    return _page(
        request,
        "definition",
        _("What a conversion is"),
        site=site,
        sites=sites if len(sites) > 1 else (),
        form=form,
        may_define=may,
        rules=[_ruled(rule) for rule in rules],
    )


def _ruled(rule: ConversionRule) -> dict[str, Any]:
    days = ngettext("%(number)s day", "%(number)s days", rule.lookback_days)
    return {
        "rule": rule,
        "at": formats.moment(timezone.localtime(rule.created_at)),
        "goals": ", ".join(rule.goals) or _("all goals"),
        "days": days % {"number": formats.count(rule.lookback_days)},
        "identity": _("known people, else browsers") if rule.is_by_person else _("browsers"),
    }
