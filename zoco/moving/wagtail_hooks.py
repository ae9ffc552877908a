"""Addresses of what begins a site anew."""

from django.urls import URLPattern, path
from wagtail import hooks

from zoco.moving import screens


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def moving_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [path("reset/<slug:slug>/", screens.reset, name="zoco_site_reset")]
