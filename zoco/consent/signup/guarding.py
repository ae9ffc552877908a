"""What guards a public form: which pages may send it, and which browser that consented does."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, HttpResponse

from zoco.kit.hosts import plain_host
from zoco.kit.masks import masked
from zoco.ledger import sitebook


def hosts_of(site: int) -> tuple[str, ...]:
    """Return the host names of the pages that may show forms of a site."""
    with sitebook.everything():
        return next((each.own_hosts for each in sitebook.sites() if each.id == site), ())


def let(request: HttpRequest, site: int, response: HttpResponse) -> HttpResponse:
    """Let pages of the form's own site read an answer, and no others."""
    origin = request.headers.get("Origin", "")
    response.headers["Vary"] = "Origin"
    if origin and plain_host(_parted(origin).netloc) in hosts_of(site):
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def is_foreign(request: HttpRequest, site: int) -> bool:
    """Return whether a page of somebody else sends this; browsers that hide it are believed."""
    origin = request.headers.get("Origin", "")
    host = plain_host(_parted(origin).netloc) if origin not in ("", "null") else None
    return host is not None and host not in (*hosts_of(site), plain_host(request.get_host()))


def wants_json(request: HttpRequest) -> bool:
    """Return whether the script of forms sends this."""
    return request.headers.get("Accept", "").startswith("application/json")


def page_of(request: HttpRequest) -> str:
    """Return the page on which the form stood, without what stands behind its path."""
    parts = _parted(request.POST.get("page", "") or request.headers.get("Referer", ""))
    if parts.scheme not in {"http", "https"}:
        return ""
    return masked(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}").replace("\0", "")[:500]


def browser_named(request: HttpRequest) -> str:
    """Return the id that a browser sent which consented, "" from one that asks for privacy."""
    who: Any = request.POST.get("visitor", "")
    is_private = request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"
    return "" if is_private else str(who)


def _parted(address: str) -> SplitResult:
    """Part an address that somebody sent; one that cannot be read has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
