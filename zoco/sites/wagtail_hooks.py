"""What Wagtail's admin is told of sites."""

from wagtail import hooks

from zoco.sites.viewsets import SiteViewSet, site_viewset


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def sites() -> SiteViewSet:
    """Return the pages of sites."""
    return site_viewset
