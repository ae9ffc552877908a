"""Pages of costs: all campaigns of a site, one with its days, what is typed, and what a file says."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zoco.campaigns.costs import reads, services
from zoco.campaigns.costs.models import AMOUNT_MOST, CURRENCY, Cost
from zoco.campaigns.costs.reading import REASONS, CostsUnreadable, Read, costs_read
from zoco.campaigns.costs.services import Put
from zoco.campaigns.models import Campaign
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen

SEE, ADD, DELETE = (f"zoco_campaigns.{verb}_cost" for verb in ("view", "add", "delete"))
CAMPAIGNS_A_PAGE, DAYS_MOST = 10, 100


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


class FileForm(forms.Form):
    """A CSV."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"), widget=forms.FileInput({"accept": ".csv,text/csv"})
    )


def _page(request: HttpRequest, template: str, title: str, site: SiteInfo, **values: object) -> HttpResponse:
    shown = head_of_site(title, site, sitebook.sites())
    return render(request, f"zoco/campaigns/{template}.html", shown | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """Show what each campaign cost and brought; POST takes a file."""
    sites = sitebook.sites()
    if not sites:
        return no_site(request, _("Costs"))
    site = site_chosen(sites, (request.POST if request.method == "POST" else request.GET).get("site", ""))
    form, taken = FileForm(), None
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        form = FileForm(request.POST, request.FILES)
        taken = _taken(request, form, site) if form.is_valid() else None
    pages = Paginator(Campaign.objects.filter(site=site.id).order_by("-starts_on", "-id"), CAMPAIGNS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    lines = [_line(each, site) for each in reads.spends(site, page.object_list, now=timezone.now())]
    may_add = request.user.has_perm(ADD)
    return _page(
        request, "costs", _("Costs"), site, lines=lines, page=page, form=form, taken=taken, may_add=may_add
    )


def _taken(request: HttpRequest, form: FileForm, site: SiteInfo) -> dict[str, Any] | None:
    """Take in a file and say what came of it; what makes it unreadable stands at the form."""
    campaigns = {}
    for each in Campaign.objects.filter(site=site.id).order_by("id"):
        campaigns[each.name.casefold()] = each.pk
    for each in Campaign.objects.filter(site=site.id).order_by("id"):
        campaigns[each.code.casefold()] = each.pk
    today = timezone.now().astimezone(ZoneInfo(site.zone)).date()
    try:
        read = costs_read(form.cleaned_data["file"].read(), campaigns, site.currency, today=today)
    except CostsUnreadable as error:
        form.add_error("file", str(error))
        return None
    put = services.costs_put(sums=read.sums, by=request.user)  # type: ignore[arg-type]
    return _said(read, put)


def _said(read: Read, put: Put) -> dict[str, Any]:
    return {
        "counts": [
            (_("Lines"), formats.count(read.lines)),
            (_("New"), formats.count(put.new)),
            (_("Changed"), formats.count(put.changed)),
            (_("There already"), formats.count(put.same)),
            (_("Refused"), formats.count(sum(read.refused.values()))),
        ],
        "refused": [(REASONS[why], formats.count(count)) for why, count in sorted(read.refused.items())],
        "examples": [(number, REASONS[why]) for number, why in read.examples],
    }


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
        "pace": _pace(spend, currency),
        "period": formats.span(outcome.period.first, outcome.period.last) if outcome else unknown,
        "people": count(outcome.visitors if outcome else None),
        "conversions": count(outcome.conversions if outcome else None),
        "revenue": money(outcome.revenue if outcome else None),
        "per_conversion": money(spend.per_conversion),
        "returned": unknown if spend.returned is None else formats.decimal(spend.returned, 2),
    }


def _pace(spend: reads.Spend, currency: str) -> str:
    """Say whether more is spent than evenly over the period, and what that comes to."""
    if spend.elapsed is None:
        return _("Not known: the campaign has no first or last day.")
    if spend.ahead is None:
        return _("Not known: there is no budget, or costs are in other currencies.")
    places = {
        "elapsed": formats.percent(spend.elapsed, 0),
        "amount": formats.money_figure(abs(spend.ahead), currency),
        "projected": formats.money_figure(spend.projected or 0, currency),
    }
    if not spend.elapsed:
        return _("The campaign has not been running for a whole day.")
    words = (
        _("%(elapsed)s of the days are over; %(amount)s more than an even pace. Going on so: %(projected)s.")
        if spend.ahead > 0
        else _(
            "%(elapsed)s of the days are over; %(amount)s less than an even pace. Going on so: %(projected)s."
        )
    )
    return words % places


def _campaign(pk: int) -> tuple[Campaign, SiteInfo]:
    sites = {each.id: each for each in sitebook.sites()}
    campaign = get_object_or_404(Campaign, pk=pk, site__in=list(sites))
    return campaign, sites[campaign.site_id]


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a campaign cost, by source and day; POST writes a day down."""
    campaign, site = _campaign(pk)
    form = CostForm(request.POST or None, initial={"currency": site.currency})
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        if form.is_valid() and form.cleaned_data["amount"]:
            given = form.cleaned_data | {"currency": form.cleaned_data["currency"] or site.currency}
            services.cost_set(campaign=campaign.pk, by=request.user, **given)  # type: ignore[arg-type]
            return redirect("zoco_cost", pk=pk)
        if form.is_valid():
            form.add_error("amount", _("Write what was spent, above 0."))
    spend = reads.spends(site, [campaign], now=timezone.now())[0]
    days = Cost.objects.filter(campaign=campaign)
    return _page(
        request,
        "cost",
        _("Costs of %(campaign)s") % {"campaign": campaign.name},
        site,
        sites=(),
        line=_line(spend, site),
        days=[
            {
                "cost": each,
                "day": formats.day(each.on),
                "amount": formats.money_charged(each.amount, each.currency),
            }
            for each in days[:DAYS_MOST]
        ],
        total=formats.count(days.count()),
        form=form,
        may_add=request.user.has_perm(ADD),
        may_delete=request.user.has_perm(DELETE),
    )


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day's cost away."""
    cost = get_object_or_404(Cost, pk=pk, campaign__site__in=[each.id for each in sitebook.sites()])
    campaign = cost.campaign_id
    cost.delete()
    return redirect(reverse("zoco_cost", args=[campaign]))
