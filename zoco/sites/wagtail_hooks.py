"""What Wagtail's admin is told of sites, of their check and of their source channels."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from zoco.ledger.viewsets import RightItem
from zoco.sites.access import screens as access_screens
from zoco.sites.access.models import MANAGE
from zoco.sites.blocking import screens as blocking
from zoco.sites.consenting import screens as consenting
from zoco.sites.installing.screens import check
from zoco.sites.sourcing import screens
from zoco.sites.viewsets import exclusion_viewset, site_viewset, source_viewsets


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def sites() -> list[ViewSet]:
    """Return the pages of sites, their rules, networks and block lists."""
    return [site_viewset, *source_viewsets, exclusion_viewset]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def sourcing_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("source-channels/", screens.sources, name="zoco_sources"),
        path("source-channels/<slug:slug>/apply/", screens.apply, name="zoco_sources_apply"),
        path("counted-sites/check/<int:pk>/", check, name="zoco_site_check"),
        path("visitor-requests/", consenting.requests, name="zoco_visitor_requests"),
        path("block-lists/", blocking.blocking, name="zoco_blocking"),
        path("block-lists/<slug:slug>/renew/", blocking.renew, name="zoco_blocking_renew"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def sourcing_menu() -> MenuItem:
    """Put the page into the settings."""
    where = reverse_lazy("zoco_sources")
    return RightItem(
        screens.SEE, _("Source channels"), where, name="zoco_sources", icon_name="link", order=592
    )


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def requests_menu() -> MenuItem:
    """Put what visitors ask for into the settings."""
    where = reverse_lazy("zoco_visitor_requests")
    name = "zoco_visitor_requests"
    return RightItem(consenting.MAY, _("Visitors' requests"), where, name=name, icon_name="user", order=594)


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def blocking_menu() -> MenuItem:
    """Put the page into the settings."""
    where = reverse_lazy("zoco_blocking")
    return RightItem(
        blocking.SEE, _("Block lists"), where, name="zoco_blocking", icon_name="cross", order=594
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def sourcing_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions on rules, networks, block lists and requests."""
    models = ("sourcerule", "sourcenetwork", "visitorrequest", "exclusion")
    return Permission.objects.filter(content_type__app_label="zoco_sites", content_type__model__in=models)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def access_urls() -> list[URLPattern]:
    """Return the addresses of access and invitations."""
    return [
        path("access/", access_screens.access, name="zoco_access"),
        path("access/invite/", access_screens.invite, name="zoco_access_invite"),
        path("access/invitations/<int:pk>/", access_screens.invitation, name="zoco_access_invitation"),
        path("access/accounts/<int:pk>/", access_screens.account, name="zoco_access_account"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def access_menu() -> MenuItem:
    """Put it into the settings, beside accounts."""
    where = reverse_lazy("zoco_access")
    return RightItem(MANAGE, _("Access"), where, name="zoco_access", icon_name="group", order=589)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def access_permissions() -> QuerySet[Permission]:
    """Let groups be given the permission."""
    return Permission.objects.filter(content_type__app_label="zoco_sites", codename="manage_access")
