"""Whoever has not proved the second step is a stranger, however he has logged in, and is led to the page."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zoco.project import env
from zoco.project.entry import accounts
from zoco.project.models import SecondStep

PROVEN = "zoco_second_step"
PROVE, SET_UP = "zoco_second_step", "zoco_second_step_own"
# What those pages load, and the way out.
ALLOWED = (PROVE, SET_UP, "wagtailadmin_javascript_catalog", "wagtailadmin_sprite", "wagtailadmin_logout")


def lacking(session: SessionBase, user: User) -> str:
    """Return which page the account must see first, or "" where nothing is missing."""
    on = SecondStep.objects.filter(user_id=user.pk).values_list("seed", flat=True).first()
    if on is not None:
        return "" if session.get(PROVEN) == on[:16] else PROVE
    if env.SECOND_STEP() and not accounts.password_is_first(user.pk):
        return SET_UP
    return ""


def is_proven(session: SessionBase, user: User) -> bool:
    """Return whether a session stands for its account; who answers without the middleware asks this."""
    return lacking(session, user) == ""


def proven(session: SessionBase, user: User) -> None:
    """Note in the session that the second step was proved."""
    session[PROVEN] = SecondStep.objects.get(user=user).seed[:16]


def account_of(request: HttpRequest) -> User | None:
    """Return who has logged in, with or without the second step."""
    half: User | None = getattr(request, "zoco_half", None)
    if half is not None:
        return half
    return request.user if request.user.is_authenticated else None


class MustProve:
    """Make an account without its second step a stranger; lead it to the page from the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        page = lacking(request.session, user) if user.is_authenticated else ""
        if not page:
            return self.get_response(request)
        request.zoco_half = user  # type: ignore[attr-defined]
        request.user = AnonymousUser()
        if request.path in {reverse(name) for name in ALLOWED}:
            return self.get_response(request)
        if request.path.startswith((reverse("wagtailadmin_home"), reverse("zoco_choose_password"))):
            return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()}, safe='/')}")
        return self.get_response(request)
