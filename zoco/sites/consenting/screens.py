"""The owner's page "Visitors' requests": what there is of a visitor, its export, its end.

The id stands in the body of each request and in no address, so that no log of a server keeps it.
"""

from collections import Counter
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger.erasing import copies_held
from zoco.ledger.pictures import formats
from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.opening import store
from zoco.ledger.views.heads import head
from zoco.sites.consenting.models import VisitorRequest
from zoco.sites.consenting.visitors import (
    IdWrong,
    is_numbered_elsewhere,
    visitor_erase,
    visitor_lines,
    visitor_meant,
    visitor_rows,
)
from zoco.sites.models import Site
from zoco.sites.reads import site_asked

MAY = "zoco_sites.answer_visitors"
LISTED = 50
DAYS_LISTED = 400
What = VisitorRequest.What


class WhoForm(forms.Form):
    """Whose data: a site and the id that the visitor's browser shows."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.order_by("is_demo", "id"), empty_label=None
    )
    who = forms.CharField(
        label=gettext_lazy("Id that the visitor's browser shows"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The visitor finds it under “Privacy choices”, or wherever your page shows it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Work out the visitor's number."""
        given = super().clean() or {}
        if given.get("site") and given.get("who"):
            try:
                given["known"] = visitor_meant(site=given["site"].pk, who=given["who"])
            except IdWrong:
                wrong = _("This is no id of a visitor: it has 22 to 64 letters, digits, - and _.")
                self.add_error("who", ValidationError(wrong))
        return given


@never_cache
@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """Ask whose data, and do what was asked."""
    if request.method != "POST":
        return _page(request, WhoForm(initial={"site": site_asked(request)}))
    form = WhoForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    do = {"export": _export, "erase": _erase}.get(request.POST.get("do", ""), _look)
    try:
        return do(request, form)
    except StoreBusy:
        form.add_error(None, _("The ledger is busy. Nothing was changed; try again in a minute."))
        return _page(request, form, status=503)


def _look(request: HttpRequest, form: WhoForm) -> HttpResponse:
    """Show what there is; `do=ask` shows the question before erasing as well."""
    site = form.cleaned_data["site"]
    rows = visitor_rows(store=store(), site=site.pk, known=form.cleaned_data["known"])
    is_asked = request.POST.get("do") == "ask"
    if not is_asked:
        _note(request, site, What.LOOKED, len(rows))
    days = _days(rows, site.zone)
    numbers = {row["visitor"] for row in rows} - {0}
    return _page(
        request,
        form,
        is_looked=True,
        is_asked=is_asked and bool(rows),
        is_moved=is_numbered_elsewhere(site.pk),
        slug=site.slug,
        copies=copies_held(visitors=[form.cleaned_data["known"], *numbers], site=site.pk),
        facts=ngettext("%(number)s fact", "%(number)s facts", len(rows))
        % {"number": formats.count(len(rows))},
        days=[(day, formats.count(count)) for day, count in days[:DAYS_LISTED]],
        more_days=formats.count(len(days) - DAYS_LISTED) if len(days) > DAYS_LISTED else "",
    )


def _export(request: HttpRequest, form: WhoForm) -> HttpResponse:
    """Give all facts as a file, one JSON object a line."""
    site = form.cleaned_data["site"]
    rows = visitor_rows(store=store(), site=site.pk, known=form.cleaned_data["known"])
    _note(request, site, What.EXPORTED, len(rows))
    answer = HttpResponse(visitor_lines(rows), content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="visitor-{site.slug}.ndjson"'
    return answer


def _erase(request: HttpRequest, form: WhoForm) -> HttpResponse:
    """Erase, once the question was answered."""
    if request.POST.get("sure") != "yes":
        return _look(request, form)
    site, now = form.cleaned_data["site"], timezone.now()
    gone = visitor_erase(store=store(), site=site.pk, known=form.cleaned_data["known"], at=now)
    count = gone.facts + sum(gone.rows.values())
    _note(request, site, What.ERASED, count)
    said = ngettext("%(number)s row was erased.", "%(number)s rows were erased.", count)
    messages.success(request, said % {"number": formats.count(count)})
    return redirect("zoco_visitor_requests")


def _days(rows: list[dict[str, Any]], zone: str) -> list[tuple[date, int]]:
    """Count facts by the site's own day, the newest first."""
    moments = (row["occurred_at"] for row in rows)
    local = (
        (at if at.tzinfo else at.replace(tzinfo=ZoneInfo("UTC"))).astimezone(ZoneInfo(zone)) for at in moments
    )
    return sorted(Counter(at.date() for at in local).items(), reverse=True)


def _note(request: HttpRequest, site: Site, what: str, facts: int) -> None:
    user = request.user if request.user.is_authenticated else None
    VisitorRequest.objects.create(site=site, what=what, facts=facts, by=user, at=timezone.now())


def _page(request: HttpRequest, form: WhoForm, *, status: int = 200, **values: object) -> HttpResponse:
    earlier = VisitorRequest.objects.filter(site__in=Site.objects.all()).select_related("site", "by")
    shown = {
        **head(_("Visitors' requests"), "user"),
        "form": form,
        "has_site": Site.objects.exists(),
        "earlier": [(each, formats.count(each.facts)) for each in earlier.order_by("-at", "-id")[:LISTED]],
    }
    return render(request, "zoco/sites/requests.html", shown | values, status=status)
