"""What Wagtail's admin is told of campaigns: their pages, in the menu of what attracts."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from zoco.campaigns import screens
from zoco.campaigns.costs import screens as costs
from zoco.campaigns.viewsets import viewsets
from zoco.ledger.viewsets import RightItem


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def campaign_viewsets() -> list[ViewSet]:
    """Return the pages of campaigns, links and words."""
    return [*viewsets]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def campaign_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("links/", screens.links, name="zoco_links"),
        path("links/<int:pk>/qr.svg", screens.qr, {"kind": "svg"}, name="zoco_qr_svg"),
        path("links/<int:pk>/qr.png", screens.qr, {"kind": "png"}, name="zoco_qr_png"),
        path("tags/", screens.tags, name="zoco_tags"),
        path("costs/", costs.costs, name="zoco_costs"),
        path("costs/campaign/<int:pk>/", costs.one, name="zoco_cost"),
        path("costs/<int:pk>/delete/", costs.delete, name="zoco_cost_delete"),
    ]


def _entry(permission: str, label: object, name: str, icon: str, order: int) -> None:
    item = RightItem(permission, label, reverse_lazy(name), name=name, icon_name=icon, order=order)
    hooks.register("register_attract_menu_item", lambda: item)


_entry("zoco_campaigns.view_campaign", _("Campaigns"), "zoco_campaigns:index", "tag", 200)
_entry(costs.SEE, _("Costs"), "zoco_costs", "tag", 205)
_entry(screens.SEE, _("Links and QR codes"), "zoco_links", "link", 210)
_entry(screens.WORDS_SEE, _("Words for tags"), "zoco_tags", "tag", 220)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def campaign_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_campaigns")
