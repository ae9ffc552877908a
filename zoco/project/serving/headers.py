"""Security headers: one strict policy for our own pages, a second one for Wagtail's admin.

Templates of our own that need an inline script give it `nonce="{{ request.csp_nonce }}"`.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse

STRICT = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
ADMIN = STRICT | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "frame-src": "'self'",
    "worker-src": "'self' blob:",
}
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


def policy(rules: dict[str, str], nonce: str) -> str:
    """Write a Content-Security-Policy; uploaded images may lie elsewhere."""
    if elsewhere := getattr(settings, "MEDIA_ORIGIN", ""):
        rules = rules | {"img-src": f"{rules['img-src']} {elsewhere}"}
    return "; ".join(f"{name} {value}" for name, value in rules.items()).format(nonce=nonce)


class SecurityPolicy:
    """Add the policy to each answer that has none of its own; nobody keeps what one account saw."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        rules = ADMIN if request.path.startswith(_admin()) else STRICT
        if getattr(response, "zoco_frames", False):  # a public dashboard that other pages may show
            rules = rules | {"frame-ancestors": "*"}
        response.headers.setdefault("Content-Security-Policy", policy(rules, nonce))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _admin() -> str:
    try:
        return reverse("wagtailadmin_home")
    except NoReverseMatch:
        return "\0"
