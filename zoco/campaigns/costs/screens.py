"""Pages of costs: all campaigns of a site, and one with its plans, its days and what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.campaigns.costs import opened, plan_screens, reads, services
from zoco.campaigns.costs.importing import screens as imports
from zoco.campaigns.costs.models import AMOUNT_MOST, CURRENCY, Cost, CostBefore
from zoco.campaigns.costs.pages import campaign_of, page, site_asked
from zoco.campaigns.costs.plan_screens import PlanForm, plans_said
from zoco.campaigns.models import Campaign
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import no_site

SEE, ADD, DELETE = (f"zoco_campaigns.{verb}_cost" for verb in ("view", "add", "delete"))
CAMPAIGNS_A_PAGE, DAYS_A_PAGE = 10, 100


class CostForm(forms.Form):
    """A day's spend."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    source = forms.CharField(label=pgettext_lazy("tag", "Source"), max_length=100, required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_value=AMOUNT_MOST, decimal_places=2, localize=False
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY], required=False
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs["class"] = "z-in"


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def costs(request: HttpRequest) -> HttpResponse:
    """Show what each campaign cost and brought."""
    site = site_asked(request)
    if site is None:
        return no_site(request, _("Costs"))
    pages = Paginator(Campaign.objects.filter(site=site.id).order_by("-starts_on", "-id"), CAMPAIGNS_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    lines = [_line(each, site) for each in reads.spends(site, shown.object_list, now=timezone.now())]
    may_import = request.user.has_perm(imports.SEE)
    return page(
        request, "costs", _("Costs"), site, lines=lines, page=shown, may_import=may_import,
        opened=opened.spending(site),
    )  # fmt: skip


def _line(spend: reads.Spend, site: SiteInfo) -> dict[str, Any]:
    campaign, outcome, currency = spend.campaign, spend.outcome, site.currency
    unknown = _("not known")

    def money(value: Any) -> str:
        return unknown if value is None else formats.money_figure(value, currency)

    def count(value: Any) -> str:
        return unknown if value is None else formats.count(value)

    return {
        "campaign": campaign,
        "budget": formats.money(campaign.budget, currency) if campaign.budget else _("none set"),
        "spent": formats.money_figure(spend.spent, currency),
        "others": ", ".join(
            formats.money_figure(total, code) for code, total in sorted(spend.others.items())
        ),
        "outside": formats.money_figure(spend.outside, currency) if spend.outside else "",
        "share": unknown if spend.share is None else formats.percent(spend.share),
        "elapsed": unknown if spend.elapsed is None else formats.percent(spend.elapsed, 0),
        "period": formats.span(outcome.period.first, outcome.period.last) if outcome else unknown,
        "people": count(outcome.visitors if outcome else None),
        "conversions": count(outcome.conversions if outcome else None),
        "revenue": money(outcome.revenue if outcome else None),
        "per_conversion": money(spend.per_conversion),
        "returned": unknown if spend.returned is None else formats.decimal(spend.returned, 2),
    }


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a campaign cost by day, and how far its plans are; POST writes a day or a plan."""
    campaign, site = campaign_of(pk)
    form, plan_form = CostForm(initial={"currency": site.currency}), PlanForm(campaign)
    if request.method == "POST":
        if "plan" in request.POST:
            plan_form = PlanForm(campaign, request.POST)
            is_kept = _plan_kept(request, plan_form)
        else:
            form = CostForm(request.POST)
            is_kept = _cost_kept(request, form, campaign, site)
        if is_kept:
            return redirect("zoco_cost", pk=pk)
    spend, now = reads.spends(site, [campaign], now=timezone.now())[0], timezone.now()
    rows = Cost.objects.filter(campaign=campaign)
    shown = Paginator(rows, DAYS_A_PAGE).get_page(request.GET.get("page"))
    return page(
        request, "cost", _("Costs of %(campaign)s") % {"campaign": campaign.name}, site,
        status=422 if form.errors or plan_form.errors else 200,
        sites=(),
        line=_line(spend, site),
        opened=opened.spending(site),
        opened_plans=opened.plans(site),
        plans=list(plans_said(site, campaign, now)),
        days=_days(shown.object_list),
        page=shown,
        total=formats.count(shown.paginator.count),
        form=form,
        plan_form=plan_form,
        may_add=request.user.has_perm(ADD),
        may_delete=request.user.has_perm(DELETE),
        may_plan=request.user.has_perm(plan_screens.ADD),
        may_unplan=request.user.has_perm(plan_screens.DELETE),
    )  # fmt: skip


def _plan_kept(request: HttpRequest, form: PlanForm) -> bool:
    if not request.user.has_perm(plan_screens.ADD):
        raise PermissionDenied
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:  # the same was sent twice at once
        form.add_error(None, _("Another plan of the campaign has some of these days."))
        return False
    return True


def _cost_kept(request: HttpRequest, form: CostForm, campaign: Campaign, site: SiteInfo) -> bool:
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    if not form.is_valid():
        return False
    given = form.cleaned_data | {"currency": form.cleaned_data["currency"] or site.currency}
    if not given["amount"]:
        form.add_error("amount", _("Write what was spent, above 0."))
        return False
    try:
        services.cost_set(campaign=campaign.pk, by=request.user, at=timezone.now(), **given)  # type: ignore[arg-type]
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _days(rows: Any) -> list[dict[str, Any]]:
    """Return costs as they are listed, each with what stood there before."""
    kept = list(rows)
    before: dict[int, list[str]] = {}
    for each in CostBefore.objects.filter(cost__in=kept).order_by("cost", "-replaced_at", "-id"):
        cost = next(cost for cost in kept if cost.pk == each.cost_id)
        words = _("%(amount)s until %(day)s")
        places = {
            "amount": formats.money_charged(each.amount, cost.currency),
            "day": formats.day(timezone.localdate(each.replaced_at)),
        }
        before.setdefault(each.cost_id, []).append(words % places)
    return [
        {
            "cost": each,
            "day": formats.day(each.on),
            "where": " / ".join(filter(None, (each.source, each.medium, each.account))) or "–",
            "amount": formats.money_charged(each.amount, each.currency),
            "vat": _vat(each),
            "before": before.get(each.pk, []),
        }
        for each in kept
    ]


def _vat(cost: Cost) -> str:
    if not cost.vat_percent:
        return ""
    words = _("with %(percent)s VAT") if cost.with_vat else _("without %(percent)s VAT")
    return words % {"percent": formats.percent(cost.vat_percent / 100, 2 if cost.vat_percent % 1 else 0)}


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day's cost away."""
    cost = get_object_or_404(Cost, pk=pk, campaign__site__in=[each.id for each in sitebook.sites()])
    campaign = cost.campaign_id
    cost.delete()
    return redirect(reverse("zoco_cost", args=[campaign]))
