"""Which language an answer has: public pages by their address, everything else as the reader asks.

A public page is in one language at one address (/ and /es/, not / in two languages); the admin, the
log-in and the API have no language in their addresses.
"""

from collections.abc import Iterator
from functools import cache

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.urls import LocalePrefixPattern, URLResolver, get_resolver
from django.utils import translation


class Languages(LocaleMiddleware):
    """Django's own, but the default language is not forced upon what is no public page."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        if request.path_info.lstrip("/").partition("/")[0] not in _ours():
            super().process_request(request)
            return
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language() or ""


@cache
def _ours() -> frozenset[str]:
    """Return the first parts of all addresses that are no public pages."""
    return frozenset(_firsts(get_resolver()))


def _firsts(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry.pattern, LocalePrefixPattern):
            continue
        first = str(entry.pattern).partition("/")[0]
        if first:
            yield first
        elif isinstance(entry, URLResolver):
            yield from _firsts(entry)
