"""The page behind the link for colleagues: marks a browser as own staff, and takes it back. No log-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.kit.hosts import is_own, plain_host
from zoco.ledger import sitebook
from zoco.sites.blocking.own_browsers import (
    COOKIE,
    NO,
    LinkOver,
    is_marked,
    link_site,
    remember,
    word_of,
)

HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_browser(request: HttpRequest, token: str) -> HttpResponse:
    """Say what is set and what is not; set it or take it back when asked by a button."""
    try:
        site = link_site(token)
    except LinkOver:
        return _private(render(request, "zoco/sites/own_browser_over.html", status=404))
    with sitebook.everything():
        names = tuple(site.hostnames.order_by("id").values_list("name", flat=True))
    host = plain_host(request.get_host())
    is_here = is_own(host, names)
    if request.method == "POST":
        response = redirect(request.path)
        if is_here:
            remember(request, response, word_of(site) if request.POST.get("staff") == "yes" else NO)
        return response
    shown = {
        "site": site,
        "host": host if is_here else "",
        "is_marked": is_marked(request, site),
        "others": [
            (name, f"https://{name}/#{COOKIE}={word_of(site)}", f"https://{name}/#{COOKIE}={NO}")
            for name in names
            if not (is_here and name == host)
        ],
    }
    return _private(render(request, "zoco/sites/own_browser.html", shown))


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
