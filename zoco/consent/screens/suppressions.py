"""The page of suppressed addresses. An address is asked for, never listed: of each there is only a hash."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.consent.models import Suppression
from zoco.consent.screens.forms import LiftForm, ReasonForm
from zoco.consent.screens.opening import LIFT, SEE_SUPPRESSED, SUPPRESS, page
from zoco.consent.suppressing import hash_of, suppressed_lift, suppressed_put
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
    told, adding, lifting = "", ReasonForm(), LiftForm()
    if act == "add":
        adding = ReasonForm(request.POST)
        if not request.user.has_perm(SUPPRESS):
            raise PermissionDenied
        if adding.is_valid():
            suppressed_put(identity=named, reason=adding.cleaned_data["reason"], at=timezone.now(), by=by)
            told = _("The address is suppressed.")
    elif act == "lift":
        lifting = LiftForm(request.POST)
        if not request.user.has_perm(LIFT):
            raise PermissionDenied
        if lifting.is_valid():
            why = Suppression.Why(lifting.cleaned_data["why"])
            suppressed_lift(identity=named, why=why, reason=lifting.cleaned_data["reason"], by=by)
            told = _("This reason was lifted. The person must agree as well before advertising goes there.")
    rows = [
        {"why": each.why, "label": each.get_why_display(), "at": each.at}
        for each in Suppression.objects.filter(hash=hash_of(named)).order_by("at", "pk")
    ]
    is_wrong = bool(adding.errors or lifting.errors)
    return {
        "named": named,
        "rows": rows,
        "told": told,
        "adding": adding,
        "lifting": lifting,
        "is_wrong": is_wrong,
    }
