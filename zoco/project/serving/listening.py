"""Who may listen to the live stream: the same accounts that may see reports, from our own pages only."""

from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from zoco.ledger import sitebook
from zoco.project.entry import accounts
from zoco.project.entry.choosing import CHOSEN
from zoco.project.entry.gate import is_proven
from zoco.project.serving.bridge import Scope
from zoco.sites.access.reads import slugs_seen

PERMISSION = "zoco_ledger.view_reports"


class Refused(Exception):
    """The stream is not given; `status` and the message go to whoever asked."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Reader:
    """An account that may listen, and the sites of which it wants to know how many people are there."""

    user_id: int
    sites: frozenset[str]


def reader_of(scope: Scope) -> Reader:
    """Return who asks, in a thread that may wait for the database. Raises Refused."""
    close_old_connections()
    try:
        request = ASGIRequest(scope, BytesIO())
        if not _is_ours(request):
            raise Refused(403, "The live stream is for pages of this address only.")
        user = _account(request)
        asked = set(request.GET.getlist("site"))
        sitebook.only(slugs_seen(user), asks=True)
        return Reader(user.pk, frozenset(info.slug for info in sitebook.sites() if info.slug in asked))
    finally:
        sitebook.only(None)
        close_old_connections()


def _account(request: ASGIRequest) -> User:
    """Return the account behind the cookie, asked of the database anew. Raises Refused."""
    engine: Any = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or not is_proven(request.session, user):
        raise Refused(403, "Log in first.")
    if not request.session.get(CHOSEN) and accounts.password_is_first(user.pk):
        raise Refused(403, "Choose a password of your own first.")
    if not user.has_perm(PERMISSION):
        raise Refused(403, "This account may not see reports.")
    return user


def _is_ours(request: ASGIRequest) -> bool:
    """Say whether a page of this very origin asks.

    Browsers say so in Sec-Fetch-Site; over plain http they do not, and there the page's own address
    must be named. Whoever names nothing is no page of ours: they all send it.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    said = request.headers.get("origin") or request.headers.get("referer") or ""
    try:
        return bool(said) and urlsplit(said).netloc.lower() == request.get_host().lower()
    except (DisallowedHost, ValueError):
        return False
