"""Write a line into the log of changes. Who acts is known from the request that is being answered."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from zoco.project.models import Change

# Who acts where nobody asks: kept so, said in the reader's language by `shown`.
COMMAND_LINE, WORKER = "command line", "background work"
_nobody = {"name": COMMAND_LINE}
_request: ContextVar[HttpRequest | None] = ContextVar("zoco_request", default=None)


class Acting:
    """Remember the request while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def work_here() -> None:
    """Say that this process is a worker: what it changes, nobody typed."""
    _nobody["name"] = WORKER


def is_asked() -> bool:
    """Return whether a request is being answered."""
    return _request.get() is not None


def note(
    *,
    action: str,
    subject: object = None,
    kind: str = "",
    name: str = "",
    details: Mapping[str, Any] | None = None,
    by: User | None = None,
    by_name: str = "",
) -> None:
    """Add a line. `details` maps a field to [before, after]; whoever calls leaves secrets out."""
    request = _request.get()
    who = by or _asker(request)
    meta = getattr(subject, "_meta", None)
    Change.objects.create(
        at=timezone.now(),
        by=who,
        by_name=by_name or (who.get_username() if who else "" if request else _nobody["name"]),
        action=action,
        kind=kind or (meta.label_lower if meta else ""),
        subject=str(getattr(subject, "pk", "") or ""),
        subject_name=(name or _named(subject))[:200],
        details=dict(details or {}),
        address=_address(request),
    )


def _named(subject: object) -> str:
    """Return its name; one that is a sentence of ours is kept in English and said by `shown`."""
    with translation.override("en"):
        return str(subject or "")


def _asker(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) or getattr(user, "pk", None) else None


def _address(request: HttpRequest | None) -> str:
    from zoco.sites.clients import client_address  # not before apps are ready

    return client_address(request)[:64] if request is not None else ""
