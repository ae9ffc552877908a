"""What search engines are told: which pages there are, and where not to look."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from wagtail.models import Page, Site


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its address, when it was last published, and its address in each language."""

    address: str
    changed_at: str
    languages: list[tuple[str, str]]


def robots(request: HttpRequest) -> HttpResponse:
    """Name the sitemap; keep robots out of the admin and the API."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /api/", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('zoco_sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap(request: HttpRequest) -> HttpResponse:
    """List all public pages, in all languages."""
    return render(
        request,
        "zoco/content/sitemap.xml",
        {"entries": _entries(request)},
        content_type="application/xml; charset=utf-8",
    )


def _entries(request: HttpRequest) -> Iterator[Entry]:
    site = Site.find_for_request(request)
    if site is None:
        return
    homes = [site.root_page, *site.root_page.get_translations().live()]
    found: list[Page] = []
    for home in homes:
        found += home.get_descendants(inclusive=True).live().public().select_related("locale")
    addresses = {page.pk: request.build_absolute_uri(page.get_url(request)) for page in found}
    variants: dict[object, list[tuple[str, str]]] = {}
    for page in found:
        code = page.locale.language_code
        variants.setdefault(page.translation_key, []).append((code, addresses[page.pk]))
    for page in found:
        others = variants[page.translation_key]
        changed_at = page.last_published_at.isoformat() if page.last_published_at else ""
        yield Entry(addresses[page.pk], changed_at, others if len(others) > 1 else [])
