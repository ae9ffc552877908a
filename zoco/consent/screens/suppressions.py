"""The page of suppressed addresses. An address is asked for, never listed: of each there is only a hash."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.consent.models import Suppression
from zoco.consent.screens.decided import held
from zoco.consent.screens.forms import LiftForm, ReasonForm
from zoco.consent.screens.opening import LIFT, SEE_SUPPRESSED, SUPPRESS, page
from zoco.consent.suppressing import OwnWill, suppressed_lift, suppressed_put
from zoco.ledger.pictures import formats
from zoco.people.identities import Named
from zoco.people.models import Identity
from zoco.people.opening import for_whom
from zoco.people.screens.forms import IdentityForm

UNDER = "zoco_consent_suppressed"
KINDS = [each for each in Identity.Kind.choices if each[0] in {"email", "phone"}]


class AddressForm(IdentityForm):
    """Which address."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["space"]
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]


@for_whom(SEE_SUPPRESSED, "GET", "HEAD", "POST")
def suppressed(request: HttpRequest) -> HttpResponse:
    """Count by reason; look an address up, put it in or take it out. It stands in no address and no log."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    found: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        found = _done(request, form.cleaned_data["named"])
    rows = Suppression.objects.values("why").annotate(count=Count("pk"), since=Min("at")).order_by("-count")
    labels = dict(Suppression.Why.choices)
    counts = [
        {"label": labels[each["why"]], "count": formats.count(each["count"]), "since": each["since"]}
        for each in rows
    ]
    is_wrong = form.errors or found.get("is_wrong")
    return page(
        request, "suppressed", _("Suppressed addresses"), under=UNDER, status=422 if is_wrong else 200,
        form=form, counts=counts, **found,
        may_add=request.user.has_perm(SUPPRESS), may_lift=request.user.has_perm(LIFT),
    )  # fmt: skip


def _done(request: HttpRequest, named: Named) -> dict[str, Any]:
    """Do what was asked with an address, and return what holds of it now."""
    act, by = request.POST.get("act", ""), request.user if isinstance(request.user, User) else None
    told, adding = "", ReasonForm()
    if act == "add":
        adding = ReasonForm(request.POST)
        if not request.user.has_perm(SUPPRESS):
            raise PermissionDenied
        if adding.is_valid():
            suppressed_put(identity=named, reason=adding.cleaned_data["reason"], at=timezone.now(), by=by)
            told = _("The address is suppressed.")
    is_wrong = bool(adding.errors)
    return _shown(named) | {"told": told, "adding": adding, "is_wrong": is_wrong}


def _shown(named: Named) -> dict[str, Any]:
    """Return what holds of an address now."""
    return {"named": named, "rows": held([named.place]).get(named.place, []), "adding": ReasonForm()}


@for_whom(LIFT, "POST")
def lift(request: HttpRequest) -> HttpResponse:
    """Let an address go as far as one reason goes; on to the person, or to the page of addresses."""
    form, lifting = AddressForm(request.POST), LiftForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation
    if lifting.is_valid():
        _lift(request, form.cleaned_data["named"], lifting.cleaned_data)
    else:
        messages.error(request, _("Nothing was changed: say why the address is let go."))
    if person := lifting.cleaned_data.get("person"):
        return redirect(f"{reverse('zoco_person', args=[person])}#z-suppressed")
    return redirect("zoco_consent_suppressed")


def _lift(request: HttpRequest, named: Named, given: dict[str, Any]) -> None:
    by = request.user if isinstance(request.user, User) else None
    why = Suppression.Why(given["why"])
    try:
        suppressed_lift(identity=named, why=why, reason=given["reason"], by=by, at=timezone.now())
    except OwnWill as refused:
        messages.error(request, str(refused))
        return
    said = _("This reason was lifted. The person must agree as well before advertising goes there.")
    messages.success(request, said)
