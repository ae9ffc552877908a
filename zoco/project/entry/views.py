"""Pages of the second step: prove it, set it up, change it."""

from typing import Any

import segno
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zoco.project import env
from zoco.project.changes.note import note
from zoco.project.entry import accounts, brake, codes, gate, services
from zoco.project.entry.forms import CodeForm, FirstCodeForm, SureForm
from zoco.project.models import RecoveryCode, SecondStep

SEED = "zoco_second_step_seed"


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else reverse("wagtailadmin_home")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for the code; lead on whoever lacks nothing."""
    user = gate.account_of(request)
    if user is None:
        return redirect("wagtailadmin_login")
    if gate.lacking(request.session, user) != gate.PROVE:
        return redirect(_next(request))
    form = CodeForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        brake.release(request, brake.step_of(user))
        request.session.cycle_key()
        gate.proven(request.session, user)
        note(
            action="login", subject=user, by=user, details={"second_step": [None, form.cleaned_data["code"]]}
        )
        return redirect(_next(request))
    shown = {"form": form, "next": _next(request)}
    return render(request, "zoco/project/second_step/prove.html", shown)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Set up the second step of one's own account, or change it where there is one."""
    user = gate.account_of(request)
    if user is None or gate.lacking(request.session, user) == gate.PROVE:
        return redirect("wagtailadmin_login" if user is None else gate.PROVE)
    if accounts.password_is_first(user.pk):
        return redirect("zoco_choose_password")
    if SecondStep.objects.filter(user=user).exists():
        return _change(request, user)
    return _set_up(request, user)


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    form = FirstCodeForm(request.POST or None)
    seed: str = request.session.get(SEED) or codes.seed_new()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.second_step_turn_on(
                user=user,
                seed=seed,
                typed=form.cleaned_data["code"],
                session_key=request.session.session_key or "",
                at=timezone.now(),
            )
        except services.CodeWrong:
            form.add_error("code", _("This code is wrong. Compare the clock of your device with this one."))
        else:
            request.session.pop(SEED, None)
            request.session.cycle_key()
            gate.proven(request.session, user)
            return _codes(request, made)
    request.session[SEED] = seed
    said = codes.uri(seed, user.get_username(), f"Zoco {env.address().hostname}")
    picture = segno.make(said, error="m").svg_inline(
        scale=4, border=4, light="#fff"
    )  # made here, of nothing but squares
    shown = {"form": form, "picture": mark_safe(picture), "secret": codes.secret_typed(seed)}  # noqa: S308
    shown |= {"is_demanded": env.SECOND_STEP(), "next": _next(request)}
    return render(request, "zoco/project/second_step/set_up.html", shown)


def _change(request: HttpRequest, user: User) -> HttpResponse:
    form = SureForm(request, user, request.POST or None)
    is_off = request.POST.get("do") == "off"
    if request.method == "POST" and not (is_off and env.SECOND_STEP()) and form.is_valid():
        brake.release(request, brake.step_of(user))
        if not is_off:
            return _codes(request, services.recovery_codes_make(user=user))
        services.second_step_turn_off(user=user)
        return redirect("wagtailadmin_account")
    shown: dict[str, Any] = {"form": form, "is_demanded": env.SECOND_STEP()}
    shown["left"] = RecoveryCode.objects.filter(user=user).count()
    shown["since"] = SecondStep.objects.get(user=user).since
    return render(request, "zoco/project/second_step/change.html", shown)


def _codes(request: HttpRequest, made: list[str]) -> HttpResponse:
    return render(request, "zoco/project/second_step/codes.html", {"codes": made})
