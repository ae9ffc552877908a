"""Pages of owners: who sees which sites, invite, an invitation with its link, the sites of an account."""

import logging
from smtplib import SMTPException
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from zoco.kit.staff_mail import NotStaff
from zoco.sites.access import mailing, services
from zoco.sites.access.forms import ALL, SOME, InviteForm, ReachForm
from zoco.sites.access.models import MANAGE, Invitation, SiteLimit

log = logging.getLogger(__name__)
BACKEND = "django.contrib.auth.backends.ModelBackend"
LISTED = 500
State = Invitation.State
ICONS = {State.OPEN: "time", State.ACCEPTED: "check", State.EXPIRED: "time"}


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs = [{"url": reverse("zoco_access"), "label": _("Access")}, {"url": None, "label": title}]
    shown = {"title": title, "icon_name": "group"}
    shown["breadcrumbs_items"] = crumbs if template != "access" else crumbs[:1]  # type: ignore[assignment]
    return render(request, f"zoco/sites/access/{template}.html", shown | values)


@never_cache
@permission_required(MANAGE, raise_exception=True)
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """List accounts with what they see, and invitations, the newest first."""
    now = timezone.now()
    invitations = Invitation.objects.select_related("user", "made_by").prefetch_related("sites")[:LISTED]
    return _page(
        request,
        "access",
        _("Access"),
        accounts=_accounts(),
        invitations=[_line(each, now) for each in invitations],
    )


def _accounts() -> list[dict[str, Any]]:
    users = get_user_model().objects.filter(is_active=True).prefetch_related("groups").order_by("username")
    limits = {each.pk: each for each in SiteLimit.objects.prefetch_related("sites")}
    managers = set(get_user_model().objects.with_perm(MANAGE, backend=BACKEND).values_list("pk", flat=True))
    lines = []
    for user in users[:LISTED]:
        sees_all = user.pk in managers or user.pk not in limits
        names = [] if sees_all else [site.name for site in limits[user.pk].sites.all()]
        lines.append(
            {
                "user": user,
                "roles": ", ".join(group.name for group in user.groups.all()) or "–",
                "sees": _("all sites") if sees_all else ", ".join(names) or _("no site"),
                "may_limit": user.pk not in managers,
            }
        )
    return lines


def _line(invitation: Invitation, now: Any) -> dict[str, Any]:
    state = invitation.state(now)
    names = ", ".join(site.name for site in invitation.sites.all()) or _("no site")
    return {
        "invitation": invitation,
        "state": state.label,
        "icon": ICONS.get(state, "cross"),
        "is_open": state == State.OPEN,
        "sees": _("all sites") if invitation.all_sites else names,
    }


@never_cache
@permission_required(MANAGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite an address; its link is shown, and sent where that was wanted."""
    given = request.POST if request.method == "POST" else None
    form = InviteForm(given, can_mail=mailing.can_mail())
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            made = services.invitation_make(
                address=wanted["address"],
                role=wanted["role"],
                sites=form.chosen(),
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                days=wanted["days"],
            )
        except services.AccessWrong as error:
            form.add_error("address", str(error))
        else:
            told = _mailed(request, made) if wanted.get("is_mailed") else ""
            return _shown(request, made, told)
    return _page(request, "invite", _("Invite somebody"), form=form, can_mail=mailing.can_mail())


def _shown(request: HttpRequest, invitation: Invitation, told: str) -> HttpResponse:
    line = _line(invitation, timezone.now())
    address = request.build_absolute_uri(mailing.invitation_path(invitation)) if line["is_open"] else ""
    return _page(
        request,
        "invitation",
        invitation.address,
        line=line,
        address=address,
        told=told,
        can_mail=mailing.can_mail(),
    )


def _mailed(request: HttpRequest, invitation: Invitation) -> str:
    """Send the letter; return in words what came of it."""
    try:
        mailing.invitation_mail(invitation=invitation, base=request.build_absolute_uri("/"))
    except NotStaff:
        return _("The letter was not sent: the account is open already.")
    except (OSError, SMTPException) as error:
        log.warning("Invitation not sent. invitation=%s error=%s", invitation.pk, type(error).__name__)
        return _("The letter was not sent: the mail server does not take it. Copy the link instead.")
    return _("The letter is sent.")


@never_cache
@permission_required(MANAGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an invitation with its link; send it again or take it back."""
    found = get_object_or_404(Invitation.objects.select_related("user", "made_by"), pk=pk)
    told = ""
    if request.method == "POST" and request.POST.get("do") == "revoke":
        services.invitation_revoke(invitation=found, at=timezone.now())
        return redirect("zoco_access")
    if request.method == "POST" and found.state(timezone.now()) == State.OPEN:
        told = _mailed(request, found)
    return _shown(request, found, told)


@never_cache
@permission_required(MANAGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which sites an account sees."""
    user: User = get_object_or_404(get_user_model(), pk=pk, is_active=True)
    limit = SiteLimit.objects.filter(user=user).first()
    initial = {"reach": SOME if limit else ALL, "sites": list(limit.sites.all()) if limit else []}
    form = ReachForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.sites_seen_set(user=user, sites=form.chosen())
        except services.AccessWrong as error:
            form.add_error("reach", str(error))
        else:
            return redirect("zoco_access")
    return _page(request, "account", user.get_username(), form=form, account=user)
