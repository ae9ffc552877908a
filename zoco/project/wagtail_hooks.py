"""What Wagtail's admin is told of the project: the owner's page "Health" and its notices."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from zoco.ledger.viewsets import RightItem
from zoco.project.changes import hooks as account_hooks
from zoco.project.health import acting, notices, page


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def health_urls() -> list[URLPattern]:
    """Return the addresses of the page and of what it can do."""
    return [
        path("health/", page.health, name="zoco_health"),
        path("health/tasks/<uuid:task>/retry/", acting.retry, name="zoco_health_retry"),
        path("health/notices/<slug:check>/dismiss/", acting.dismiss, name="zoco_health_dismiss"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def health_menu() -> MenuItem:
    """Put the page into the settings."""
    return RightItem(
        page.MAY_SEE,
        _("Health"),
        reverse("zoco_health"),
        name="zoco-health",
        icon_name="zoco-monitor",
        order=10,
    )


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def notices_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Put the notices first on the home page of owners, if there are any."""
    if request.user.has_perm(page.MAY_SEE) and notices.notices_for(request.user):
        panels.insert(0, notices.NoticesPanel(request))


@hooks.register("register_log_actions")  # type: ignore[untyped-decorator]
def health_actions(actions: LogActionRegistry) -> None:
    """Name what the page does in the log of changes."""
    actions.register_action(acting.RETRIED, _("Run task again"), _("Task is run again"))


__all__ = ["account_hooks"]  # its hooks register by being imported
