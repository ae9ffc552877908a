"""Addresses: Wagtail's admin, each app's own, the API, and last the public pages."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls


def app_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of each installed app of ours that has a `urls` module."""
    ours = [config.name for config in apps.get_app_configs() if config.name.startswith("zoco.")]
    return [
        path("", include(f"{name}.urls"))
        for name in ours
        if name != "zoco.project" and find_spec(f"{name}.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    *app_urls(),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]
