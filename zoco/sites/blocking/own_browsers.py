"""Browsers of a site's own people: the cookie that marks them, and the link by which colleagues set it.

The cookie says one word, the same for all colleagues of a site; it is nobody's id. NO is the word of
whoever took it back, so that a log-in does not mark the browser again.
"""

from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.kit.hosts import is_own, plain_host
from zoco.ledger import sitebook
from zoco.sites import reads
from zoco.sites.blocking.lists import staff_mark
from zoco.sites.models import Site

COOKIE, NO = "zoco_staff", "no"
PAGE = "zoco_own_browser"
COOKIE_SECONDS = 180 * 86_400
LINK_SECONDS = 30 * 86_400
_SALT = "zoco.sites.own-browser"


class LinkOver(LookupError):
    """A link is no link of ours, its time is up, it was renewed, or its site is gone."""


def link_token(site: Site) -> str:
    """Return what a link bears; it is good for LINK_SECONDS, or until it is renewed."""
    said = [site.pk, site.staff_renewals] if site.staff_renewals else site.pk
    return signing.dumps(said, salt=_SALT)


def link_site(token: str) -> Site:
    """Return the site of a link. Raises LinkOver."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
        key, renewals = said if isinstance(said, list) else (said, 0)
        with sitebook.everything():  # the link lets in, whoever is logged in
            return Site.objects.get(pk=key, staff_renewals=renewals)
    except (signing.BadSignature, Site.DoesNotExist) as error:
        raise LinkOver from error


def word_of(site: Site) -> str:
    """Return the word that marks browsers of a site's own people."""
    return staff_mark(site.key_name, site.staff_renewals)


def is_marked(request: HttpRequest, site: Site) -> bool:
    """Say whether the browser that asks is marked on this host."""
    return request.COOKIES.get(COOKIE) == word_of(site)


def remember(request: HttpRequest, response: HttpResponseBase, word: str) -> None:
    """Set the cookie on the host that was asked. The tracker reads it, so scripts may."""
    response.set_cookie(
        COOKIE, word, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=False
    )


def word_here(request: HttpRequest) -> str:
    """Return the word of the site of the host that was asked, "" where there is none for this account.

    A simulated site has none.
    """
    host = plain_host(request.get_host())
    infos = (info for info in sitebook.sites() if not info.is_demo)
    found = next((info for info in infos if is_own(host, info.hostnames)), None)
    return "" if found is None else reads.staff_word(found.id)


class OwnBrowser:
    """Mark the browser of whoever is logged in to the admin, on hosts of sites that are served here.

    A word that was renewed is replaced.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        marked = request.COOKIES.get(COOKIE)
        if marked == NO or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return response
        word = word_here(request)
        if not word or marked == word or COOKIE in response.cookies:
            return response
        if not request.user.has_perm("wagtailadmin.access_admin"):
            return response
        if request.resolver_match is not None and request.resolver_match.url_name == PAGE:
            return response  # it says what is set, and sets it when asked
        remember(request, response, word)
        return response
