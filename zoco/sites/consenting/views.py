"""`/consent.js` and `/consent.json`: the banner's script and what a host's banner says. Open to everybody."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from zoco.sites import reads
from zoco.sites.consenting.words import language_for, words_of

SOURCE = Path(__file__).resolve().parent.parent / "static" / "zoco" / "sites" / "consent.js"
EVERYWHERE = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


@cache
def _script() -> bytes:
    return SOURCE.read_bytes()


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Give the script."""
    headers = EVERYWHERE | {"cache-control": "public, max-age=3600"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """Give the words of a host's banner in the language of its page; `ask` says whether to show it."""
    site = reads.site_with_host(request.GET.get("host", "")[:253])
    headers = EVERYWHERE | {"cache-control": "public, max-age=300"}
    if site is None or not site.has_banner:
        return JsonResponse({"ask": False}, headers=headers)
    words = words_of(site, language_for(request.GET.get("language", "")))
    told = {name: getattr(words, name) for name in words.__dataclass_fields__}
    return JsonResponse({"ask": True, "version": words.version, **told}, headers=headers)
