"""Plans of a campaign: how far each is in words, one more, and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zoco.campaigns.costs.models import Plan
from zoco.campaigns.costs.planning import Progress, progress_of
from zoco.campaigns.models import Campaign
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Plan]
else:
    _ModelForm = forms.ModelForm

ADD, DELETE = (f"zoco_campaigns.{verb}_plan" for verb in ("add", "delete"))


class PlanForm(_ModelForm):
    """A plan of one campaign."""

    class Meta:
        model = Plan
        fields = ("starts_on", "ends_on", "budget", "conversions", "revenue")
        widgets = {name: forms.DateInput({"type": "date"}, "%Y-%m-%d") for name in ("starts_on", "ends_on")}

    def __init__(self, campaign: Campaign, given: QueryDict | None = None) -> None:
        super().__init__(given, instance=Plan(campaign=campaign), prefix="plan")
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs["class"] = "z-in"


def plans_said(site: SiteInfo, campaign: Campaign, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield each plan with how far it is, in words."""
    for progress in progress_of(site, campaign, now=now):
        planned, outcome, currency = progress.planned, progress.outcome, site.currency
        others = sorted(progress.spending.others.items())
        yield {
            "plan": planned.plan,
            "days": formats.span(planned.first, planned.last),
            "budget": formats.money(planned.budget, currency) if planned.budget else _("none set"),
            "spent": formats.money_figure(progress.spending.amount, currency),
            "others": ", ".join(formats.money_figure(total, code) for code, total in others),
            "share": "–" if progress.share is None else formats.percent(progress.share),
            "forecast": _forecast_said(progress, currency),
            "state": _state_said(progress),
            "is_bad": progress.state in ("over", "spent"),
            "conversions": _of(outcome and outcome.conversions, planned.conversions),
            "revenue": _of_money(outcome and outcome.revenue, planned.revenue, currency),
        }


def _of(actual: Any, planned: int | None) -> str:
    said = _("not known") if actual is None else formats.count(actual)
    if planned is None:
        return said
    return _("%(actual)s of %(planned)s") % {"actual": said, "planned": formats.count(planned)}


def _of_money(actual: Any, planned: Decimal | None, currency: str) -> str:
    said = _("not known") if actual is None else formats.money_figure(actual, currency)
    if planned is None:
        return said
    places = {"actual": said, "planned": formats.money_figure(planned, currency)}
    return _("%(actual)s of %(planned)s") % places


def _forecast_said(progress: Progress, currency: str) -> str:
    if progress.is_over:
        return ""
    found = progress.forecast
    if found is None:
        if progress.spending.others:
            return _("Not known: there is no exchange rate for some of the costs.")
        return _("Not yet: at least 14 days with known costs are needed.")
    places = {
        "total": formats.money_figure(found.total, currency),
        "low": formats.money_figure(found.low, currency),
        "high": formats.money_figure(found.high, currency),
    }
    return _("%(total)s by the last day; with 90%% confidence between %(low)s and %(high)s.") % places


def _state_said(progress: Progress) -> str:
    match progress.state:
        case "before":
            return _("It has not begun.")
        case "spent":
            return _("The budget is spent.")
        case "ended":
            return _("It is over, within the budget.")
        case "over":
            return _("More than the budget will be spent if days go on so.")
        case "under":
            return _("Less than the budget will be spent if days go on so.")
        case "even":
            return _("The budget lies within what is to be expected.")
        case "unsure":
            return _("Too few days are over to tell.")
    return _("Not known: there is no budget, or no exchange rate.")


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan away."""
    plan = get_object_or_404(Plan, pk=pk, campaign__site__in=[each.id for each in sitebook.sites()])
    campaign = plan.campaign_id
    plan.delete()
    return redirect("zoco_cost", pk=campaign)
