"""Plans of a campaign: how far each is in words, one more, and taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zoco.campaigns.costs.expecting import Expected
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
        money = partial(formats.money_figure, currency=currency)
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
            "conversions": _of(outcome and outcome.conversions, planned.conversions, formats.count),
            "revenue": _of(outcome and outcome.revenue, planned.revenue, money),
            "coming": [
                _coming_said(label, each, said, is_count=is_count)
                for label, each, said, is_count in (
                    (_("Conversions"), progress.conversions, formats.count, True),
                    (_("Revenue"), progress.revenue, money, False),
                )
                if each is not None and each.state != "unknown"
            ],
        }


def _of(actual: Any, planned: Any, said: Callable[[Any], str]) -> str:
    """Say what came, of what was planned where something was, and which share that is."""
    shown = _("not known") if actual is None else said(actual)
    if planned is None:
        return shown
    places = {"actual": shown, "planned": said(planned)}
    if actual is None or not planned:
        return _("%(actual)s of %(planned)s") % places
    places["share"] = formats.percent(float(actual) / float(planned), 0)
    return _("%(actual)s of %(planned)s (%(share)s)") % places


def _coming_said(
    label: str, found: Expected, said: Callable[[Any], str], *, is_count: bool
) -> dict[str, Any]:
    """Say where it leads; bounds of a count are whole, and the wider ones."""
    forecast, words = found.forecast, ""
    if forecast is not None:
        total, low, high = forecast.total, forecast.low, forecast.high
        if is_count:
            total, low, high = round(total), floor(low), ceil(high)
        places = {"total": said(total), "low": said(low), "high": said(high)}
        words = _("%(total)s by the last day; with 90%% confidence between %(low)s and %(high)s.") % places
    is_bad = found.state in ("under", "missed")
    return {"label": label, "state": _coming_state(found), "forecast": words, "is_bad": is_bad}


def _coming_state(found: Expected) -> str:
    match found.state:
        case "reached":
            return _("As much as planned has come.")
        case "missed":
            return _("It is over, and less has come than planned.")
        case "over":
            return _("More than planned will come if days go on so.")
        case "under":
            return _("Less than planned will come if days go on so.")
        case "even":
            return _("What was planned lies within what is to be expected.")
        case "silent":
            return _("Not known: the site counted no visitor in the last 14 days.")
    return _("Not yet: it takes 14 days from the first visit on, 10 of them with conversions or revenue.")


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
