"""What Wagtail's admin is told of sites and of their source channels."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from zoco.ledger.viewsets import RightItem
from zoco.sites.sourcing import screens
from zoco.sites.viewsets import site_viewset, source_viewsets


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def sites() -> list[ViewSet]:
    """Return the pages of sites, their rules and networks."""
    return [site_viewset, *source_viewsets]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def sourcing_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("source-channels/", screens.sources, name="zoco_sources"),
        path("source-channels/<slug:slug>/apply/", screens.apply, name="zoco_sources_apply"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def sourcing_menu() -> MenuItem:
    """Put the page into the settings."""
    where = reverse_lazy("zoco_sources")
    return RightItem(
        screens.SEE, _("Source channels"), where, name="zoco_sources", icon_name="link", order=592
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def sourcing_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions on rules and networks."""
    models = ("sourcerule", "sourcenetwork")
    return Permission.objects.filter(content_type__app_label="zoco_sites", content_type__model__in=models)
