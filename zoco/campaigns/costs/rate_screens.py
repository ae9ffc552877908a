"""The page of exchange rates: those that there are, one more, or many from a CSV."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zoco.campaigns.costs import rates, services
from zoco.campaigns.costs.models import CURRENCY, Rate
from zoco.campaigns.costs.pages import page, site_asked
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import no_site
from zoco.sites.wording import said_whole

SEE, ADD, DELETE = (f"zoco_campaigns.{verb}_rate" for verb in ("view", "add", "delete"))
A_PAGE, REFUSED_SHOWN = 100, 50


class RateForm(forms.Form):
    """What a currency is worth from a day on."""

    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY])
    on = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    rate = forms.DecimalField(
        label=gettext_lazy("One unit is worth, in the site's currency"),
        max_digits=20, decimal_places=10, localize=False,
    )  # fmt: skip


class RatesForm(forms.Form):
    """A CSV of rates."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("Its first line names the columns currency, date and rate."),
    )


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """List the rates of a site; POST takes one, or a file of them."""
    site = site_asked(request)
    if site is None:
        return no_site(request, _("Exchange rates"))
    one, many, taken = RateForm(), RatesForm(), None
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        if "file" in request.FILES or "many" in request.POST:
            many = RatesForm(request.POST, request.FILES)
            taken = _taken(many, site) if many.is_valid() else None
        else:
            one = RateForm(request.POST)
            if one.is_valid() and _set(one, site):
                return redirect(_where(site))
    pages = Paginator(Rate.objects.filter(site=site.id).order_by("currency", "-on", "id"), A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    has_errors = bool(one.errors or many.errors)
    return page(
        request, "rates", _("Exchange rates"), site, status=422 if has_errors else 200,
        lines=[
            {"rate": each, "day": formats.day(each.on), "worth": _worth(each)} for each in shown.object_list
        ],
        page=shown,
        one=one,
        many=many,
        taken=taken,
        own=site.currency,
        may_add=request.user.has_perm(ADD),
        may_delete=request.user.has_perm(DELETE),
    )  # fmt: skip


def _where(site: SiteInfo) -> str:
    return f"{reverse('zoco_cost_rates')}?{urlencode({'site': site.slug})}"


def _worth(rate: Rate) -> str:
    exact = rate.rate.normalize()
    exponent = exact.as_tuple().exponent
    return formats.decimal(exact, max(0, -exponent) if isinstance(exponent, int) else 0)


def _set(form: RateForm, site: SiteInfo) -> bool:
    if form.cleaned_data["currency"] == site.currency:
        form.add_error("currency", _("This is the site's own currency; it needs no rate."))
        return False
    try:
        services.rate_set(site=site.id, **form.cleaned_data)
    except ValidationError as error:
        for name, said in error.message_dict.items():
            form.add_error(name if name in form.fields else None, said)
        return False
    return True


def _taken(form: RatesForm, site: SiteInfo) -> dict[str, Any] | None:
    file = form.cleaned_data["file"]
    if not file.size or file.size > rates.FILE_BYTES:
        form.add_error("file", _("A file of rates has between 1 byte and 1 MB."))
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rates.csv"
        path.write_bytes(file.read())
        try:
            taken = rates.rates_take(site=site.id, path=path)
        except Said as wrong:
            form.add_error("file", said_whole(wrong))
            return None
    return {
        "set": formats.count(taken.set),
        "refused": formats.count(len(taken.refused)),
        "lines": [(line, said_whole(wrong)) for line, wrong in taken.refused[:REFUSED_SHOWN]],
    }


@permission_required(DELETE, raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rate away."""
    rate = get_object_or_404(Rate, pk=pk, site__in=[each.id for each in sitebook.sites()])
    site = sitebook.site(rate.site.slug)
    rate.delete()
    return redirect(_where(site))
