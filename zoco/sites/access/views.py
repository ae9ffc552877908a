"""The page of whoever was invited: choose a password, once."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zoco.sites.access import services
from zoco.sites.access.forms import ComeInForm

HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, pk: int, proof: str) -> HttpResponse:
    """Ask for a password; what is over, mistyped or unknown is answered all the same."""
    response = _answer(request, pk, proof)
    response._has_been_logged = True  # type: ignore[attr-defined]  # the path lets in
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _answer(request: HttpRequest, pk: int, proof: str) -> HttpResponse:
    now = timezone.now()
    invitation = services.invitation_found(pk, proof, at=now)
    if invitation is None or invitation.user is None:
        return render(request, "zoco/sites/access/gone.html", status=404)
    form = ComeInForm(invitation.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invitation_accept(
                invitation=invitation, password=form.cleaned_data["password"], at=timezone.now()
            )
        except services.AccessWrong:
            return render(request, "zoco/sites/access/gone.html", status=404)
        logout(request)  # whoever was logged in here is somebody else
        return redirect("zoco_access_in")
    return render(request, "zoco/sites/access/invited.html", {"form": form, "invitation": invitation})


@never_cache
@require_http_methods(["GET", "HEAD"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Say that the account is open, and lead to the log-in."""
    return render(request, "zoco/sites/access/in.html", {"login_url": resolve_url(settings.LOGIN_URL)})
