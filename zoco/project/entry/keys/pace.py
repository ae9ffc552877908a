"""How many requests of the API in a minute: a key, an account, and an address that proves nothing.

Pages under shared links, forms to sign up and preferences ask nobody for a proof; they are counted by the
address that asks.

Counted in memory, by each process for itself: with several web processes each takes its share of the limit.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from zoco.kit import conf
from zoco.kit.floods.lines import line_wait
from zoco.kit.floods.pacing import Pace
from zoco.ledger import sitebook
from zoco.ledger.api import refused
from zoco.project.entry.keys.services import key_found
from zoco.sites.clients import client_address

PER_MINUTE = conf.declare(
    "API_PER_MINUTE", 600, int, "How many requests of the API a key or an account may make in a minute."
)
STRANGERS_PER_MINUTE = conf.declare(
    "API_STRANGERS_PER_MINUTE",
    60,
    int,
    "How many requests of the API an address may make in a minute without key or log-in.",
)
SHARED_PER_MINUTE = conf.declare(
    "SHARED_PER_MINUTE",
    300,
    int,
    "How many pages, panels and files of shared links, public dashboards, sign-up forms and preferences an "
    "address may ask for in a minute.",
)
PACED = ("/shared/", "/public/", "/preferences/", "/confirm/", "/f/")
"""Where pages of strangers begin that are counted by the address that asks."""


pace = Pace()


class ApiPace:
    """Look the key up, count, and refuse with 429 and Retry-After what is too much."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sitebook.only(None)
        if request.path.startswith(PACED):
            return self._shared(request)
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        who = self._who(request)
        seconds = (
            pace.wait(who, PER_MINUTE())
            if who
            else line_wait(pace, client_address(request), "address", STRANGERS_PER_MINUTE())
        )
        if not seconds:
            return self.get_response(request)
        answer = refused(429, "too_many", f"Too many requests; ask again in {seconds} seconds.")
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _shared(self, request: HttpRequest) -> HttpResponseBase:
        seconds = line_wait(pace, client_address(request), "shared", SHARED_PER_MINUTE())
        if not seconds:
            return self.get_response(request)
        answer = render(request, "zoco/project/later.html", status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _who(self, request: HttpRequest) -> str:
        """Return which key or account asks; of strangers nothing."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        key = key_found(token.strip(), at=timezone.now()) if scheme.lower() == "bearer" else None
        if key is not None:
            request.zoco_key = key  # type: ignore[attr-defined]
            return f"key {key.pk}"
        if request.user.is_authenticated and not token:
            return f"account {request.user.pk}"
        return ""
