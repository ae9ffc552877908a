"""Count the pages that this server itself gives to people, so that missing beacons can be told."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.collector.live.loads import Loads
from zoco.kit import conf
from zoco.ledger.spool import process_writer
from zoco.sites.conf import published_path

COUNT_LOADS = conf.declare(
    "COUNT_LOADS",
    True,
    conf.flag,
    "Write down the page loads of sites that Zoco itself serves and the tracker counts: a report then says "
    "what share of them sent no beacon. They are not counted as page views.",
)
# Screens of ours and of frameworks; Wagtail's public pages are told by their name.
NO_PAGES = ("zoco.", "django.", "wagtail.")
PUBLIC = "wagtail_serve"


class PageLoads:
    """Stands as far out as the page's own address is known: what it gives is what a person got."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_load(request, response) and COUNT_LOADS():
            headers = {name.lower(): value for name, value in request.headers.items()}
            forwarded = [headers.pop("x-forwarded-for")] if "x-forwarded-for" in headers else []
            _loads().note(request.get_full_path(), request.META.get("REMOTE_ADDR", ""), headers, forwarded)
        return response


def is_load(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether a browser was given a page of the site to show, not one to keep for later."""
    if request.method != "GET" or response.status_code != 200 or request.resolver_match is None:
        return False
    if not response.headers.get("content-type", "").startswith("text/html"):
        return False
    said = request.headers
    if "prefetch" in said.get("sec-purpose", said.get("purpose", "")):
        return False
    if said.get("sec-fetch-dest", "document") != "document":
        return False
    view = request.resolver_match.func
    module = getattr(view, "view_class", view).__module__
    return request.resolver_match.url_name == PUBLIC or not module.startswith(NO_PAGES)


@cache
def _loads() -> Loads:
    return Loads(published_path(), lambda: process_writer(conf.DATA()))
