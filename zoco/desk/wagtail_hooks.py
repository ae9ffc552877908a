"""What Wagtail's admin is told: addresses, menus, icons, the home page, permissions, the stylesheet."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.desk.accounts import name_may_lack
from zoco.desk.areas import AREAS, area_menu
from zoco.desk.home import HomePanel
from zoco.desk.views import FirstStepsView, in_desk
from zoco.ledger.urls import page_urls

ICONS = ("attract", "retain", "research", "monitor")

name_may_lack()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def addresses() -> list[URLPattern | URLResolver]:
    """Return our pages under the admin's address."""
    return [
        path("ledger/", include((page_urls(in_desk), "zoco_desk"), namespace="zoco_desk")),
        path("first-steps/", in_desk(FirstStepsView).as_view(), name="zoco_desk_first_steps"),
    ]


@hooks.register("construct_main_menu")  # type: ignore[untyped-decorator]
def menus(request: HttpRequest, items: list[MenuItem]) -> None:
    """Put the areas that have something above Wagtail's own menus."""
    for area in AREAS:
        menu = area_menu(area)
        if menu is not None and menu.is_shown(request):
            items.append(menu)


@hooks.register("construct_help_menu")  # type: ignore[untyped-decorator]
def help_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Show what helps with Zoco; Wagtail's news and guide, each a link to elsewhere, do not."""
    kept = [each for each in items if "keyboard" in each.name]
    steps = reverse("zoco_desk_first_steps")
    items[:] = [MenuItem(_("First steps"), steps, name="zoco-first-steps", icon_name="help"), *kept]


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def home(request: HttpRequest, panels: list[Any]) -> None:
    """Put the sites first on the home page."""
    if request.user.has_perm("zoco_ledger.view_reports"):
        panels.insert(0, HomePanel(request))


@hooks.register("register_icons")  # type: ignore[untyped-decorator]
def icons(known: list[str]) -> list[str]:
    """Add the areas' icons."""
    return [*known, *(f"zoco/desk/icons/zoco-{name}.svg" for name in ICONS)]


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions on reports and facts."""
    return Permission.objects.filter(
        content_type__app_label="zoco_ledger", codename__in=["view_reports", "view_facts"]
    )


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def stylesheet() -> SafeString:
    """Load the few rules that touch Wagtail's own parts."""
    return format_html('<link rel="stylesheet" href="{}">', static("zoco/desk/desk.css"))


@hooks.register("insert_global_admin_js")  # type: ignore[untyped-decorator]
def sent_once() -> SafeString:
    """Take a double click on a button as one."""
    return format_html('<script src="{}" defer></script>', static("zoco/desk/once.js"))


@hooks.register("insert_editor_js")  # type: ignore[untyped-decorator]
def editors_named() -> SafeString:
    """Give editors of rich text a name."""
    return format_html('<script src="{}" defer></script>', static("zoco/desk/named.js"))
