"""Each request sees the sites that its account sees: reports, lists, forms, files and the API alike."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.ledger import sitebook
from zoco.sites.access.reads import slugs_seen


class WithinSites:
    """Tell the book of sites what is seen. Keys of the API say it themselves, pages of strangers need not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_known = request.user.is_authenticated
        sitebook.only(slugs_seen(request.user) if is_known else None, asks=is_known)
        try:
            return self.get_response(request)
        finally:
            sitebook.only(None)
