"""Addresses of what begins a site anew and of what moves it, and the latter in the settings."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.moving import move_screens, screens


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def moving_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("reset/<slug:slug>/", screens.reset, name="zoco_site_reset"),
        path("moving/", move_screens.listing, name="zoco_moves"),
        path("moving/out/", move_screens.out, name="zoco_moves_out"),
        path("moving/new/", move_screens.new, name="zoco_moves_new"),
        path("moving/<int:pk>/", move_screens.one, name="zoco_moves_one"),
        path("moving/<int:pk>/part/", move_screens.part, name="zoco_moves_part"),
        path("moving/<int:pk>/act/", move_screens.act, name="zoco_moves_act"),
        path("moving/<int:pk>/file/", move_screens.file, name="zoco_moves_file"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def moving_menu() -> MenuItem:
    """Put the page into the settings."""
    where = reverse_lazy("zoco_moves")
    return RightItem(
        move_screens.MAY, _("Moving sites"), where, name="zoco_moves", icon_name="download", order=608
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def moving_permissions() -> QuerySet[Permission]:
    """Let groups be given the permission."""
    return Permission.objects.filter(content_type__app_label="zoco_moving", codename="move_site")
