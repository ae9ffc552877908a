"""What Wagtail's admin is told of campaigns: their pages, in the menu of what attracts."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from zoco.campaigns import screens
from zoco.campaigns.costs import plan_screens as plans
from zoco.campaigns.costs import rate_screens as rates
from zoco.campaigns.costs import screens as costs
from zoco.campaigns.costs.importing import screens as imports
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
        path("costs/plans/<int:pk>/delete/", plans.delete, name="zoco_cost_plan_delete"),
        path("costs/rates/", rates.listing, name="zoco_cost_rates"),
        path("costs/rates/<int:pk>/delete/", rates.delete, name="zoco_cost_rate_delete"),
        path("costs/imports/", imports.listing, name="zoco_cost_imports"),
        path("costs/imports/new/", imports.new, name="zoco_cost_imports_new"),
        path("costs/imports/<int:pk>/", imports.one, name="zoco_cost_import"),
        path("costs/imports/<int:pk>/part/", imports.part, name="zoco_cost_import_part"),
        path("costs/imports/<int:pk>/act/", imports.act, name="zoco_cost_import_act"),
        path("costs/imports/<int:pk>/refused.csv", imports.refused, name="zoco_cost_import_refused"),
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
