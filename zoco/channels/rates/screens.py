"""The page of an account's rates: how many may leave in a time, how it begins, what holds it now."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.channels.models import Account
from zoco.channels.rates.forms import RateForm, WarmUpForm
from zoco.channels.rates.models import Rate, WarmUp
from zoco.channels.rates.reads import rates_said, steps_said
from zoco.channels.rates.services import rate_add, rate_drop, warm_up_save

CHANGE = "zoco_channels.change_account"


@never_cache
@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change the rates of an account."""
    account = get_object_or_404(Account, pk=pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    plan = WarmUp.objects.filter(account=account).first()
    held: dict[str, Any] = {
        name: getattr(plan, name) for name in ("is_on", "first", "factor", "full") if plan is not None
    }
    form = RateForm(request.POST if act == "rate" else None)
    warm_form = WarmUpForm(request.POST if act == "warm" else None, initial=held)
    if act and _done(request, account, act, form, warm_form):
        return redirect("zoco_channels_rates", pk)
    crumbs = [
        {"url": reverse("zoco_channels"), "label": _("Accounts to send by")},
        {"url": reverse("zoco_channels_account", args=[pk]), "label": account.name},
        {"url": None, "label": _("Rates")},
    ]
    shown = {
        "title": _("Rates"), "icon_name": "mail", "breadcrumbs_items": crumbs, "account": account,
        "form": form, "warm_form": warm_form, "rates": rates_said(account, now=timezone.now()),
        "steps": steps_said(plan, now=timezone.now()) if plan and plan.is_on else [],
    }  # fmt: skip
    return render(request, "zoco/channels/rates.html", shown)


def _done(request: HttpRequest, account: Account, act: str, form: RateForm, warm_form: WarmUpForm) -> bool:
    """Do what was asked for; returns whether it was."""
    by: Any = request.user
    now = timezone.now()
    match act:
        case "rate" if form.is_valid():
            given = form.cleaned_data
            rate_add(
                account=account,
                is_all=given["of"] == "all",
                domain=given["domain"],
                most=given["most"],
                per_seconds=given["per_seconds"],
                by=by,
                at=now,
            )
        case "warm" if warm_form.is_valid():
            warm_up_save(account=account, **warm_form.cleaned_data, by=by, at=now)
        case "drop":
            number = request.POST.get("rate", "")
            chosen = (
                Rate.objects.filter(pk=number).first()
                if number.isascii() and number.isdigit() and len(number) < 19
                else None
            )
            if chosen is not None and chosen.account_id in {None, account.pk}:
                rate_drop(rate=chosen, account=account, by=by, at=now)
        case _:
            return False
    return True
