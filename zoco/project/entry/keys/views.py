"""The owner's pages of keys: list, make (the token is shown once), revoke."""

from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.kit.choosing import Several
from zoco.ledger.views.heads import head
from zoco.project.entry.keys import services
from zoco.project.models import ApiKey
from zoco.sites.models import Site

MAY = "zoco_project.manage_keys"
DAYS_GIVEN = 90


class KeyForm(forms.Form):
    """What a key may, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Who uses it and for what, so that you know it again."),
    )
    scopes = forms.MultipleChoiceField(
        label=pgettext_lazy("key", "May"),
        choices=[(key, label) for key, (label, _rights) in services.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    sites = Several(
        label=gettext_lazy("Sites"),
        queryset=Site.objects.order_by("name", "pk"),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none for all sites, later ones too."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("A year from now at most."),
    )

    def clean_expires_on(self) -> date:
        """Return the day. Raises ValidationError."""
        day: date = self.cleaned_data["expires_on"]
        today = timezone.now().date()
        if not today <= day <= today + timedelta(days=365):
            raise forms.ValidationError(_("Choose a day from today to a year from now."))
        return day


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    return render(request, f"zoco/project/keys/{template}.html", head(title, "key") | values)


@never_cache
@permission_required(MAY, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the keys, the newest first."""
    keys = list(ApiKey.objects.select_related("made_by").prefetch_related("sites"))
    for key in keys:
        key.may = [services.SCOPES[scope][0] for scope in key.scopes if scope in services.SCOPES]  # type: ignore[attr-defined]
        key.is_live = key.revoked_at is None and key.expires_at > timezone.now()  # type: ignore[attr-defined]
    return _page(request, "list", _("Keys of the API"), keys=keys)


@never_cache
@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a key and show its token, once."""
    now = timezone.now()
    form = KeyForm(request.POST or None, initial={"expires_on": now.date() + timedelta(days=DAYS_GIVEN)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key, token = services.key_make(
            name=given["name"],
            scopes=given["scopes"],
            sites=list(given["sites"]) or None,
            expires_at=datetime.combine(given["expires_on"] + timedelta(days=1), time(), UTC),
            by=request.user,  # type: ignore[arg-type]
            at=now,
        )
        return _page(request, "made", _("The key is made"), key=key, token=token)
    return _page(request, "new", _("Make a key"), form=form)


@permission_required(MAY, raise_exception=True)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key."""
    key = get_object_or_404(ApiKey, pk=pk)
    services.key_revoke(key=key, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("zoco_keys")
