"""What Wagtail's admin is told of accounts: second steps, keys, the log of changes."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.project.changes import page
from zoco.project.entry import others
from zoco.project.entry.keys import views as keys


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def account_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("second-steps/", others.listing, name="zoco_second_steps"),
        path("second-steps/<int:pk>/reset/", others.reset, name="zoco_second_step_reset"),
        path("keys/", keys.listing, name="zoco_keys"),
        path("keys/new/", keys.new, name="zoco_keys_new"),
        path("keys/<int:pk>/revoke/", keys.revoke, name="zoco_keys_revoke"),
        path("changes/", page.changes, name="zoco_changes"),
    ]


@hooks.register("register_account_menu_item")  # type: ignore[untyped-decorator]
def own_step(request: HttpRequest) -> dict[str, object]:
    """Link one's own second step from the account's page."""
    return {
        "url": reverse("zoco_second_step_own"),
        "label": _("Second step"),
        "help_text": _("Ask for a code of your phone besides the password."),
    }


@hooks.register("construct_reports_menu")  # type: ignore[untyped-decorator]
def without_history(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take Wagtail's report of who changed what from the menu of whoever may not open it."""
    if not request.user.has_perm(page.MAY):
        items[:] = [each for each in items if each.name != "site-history"]


def _entry(permission: str, label: object, name: str, icon: str, order: int) -> None:
    item = RightItem(permission, label, reverse_lazy(name), name=name, icon_name=icon, order=order)
    hooks.register("register_settings_menu_item", lambda: item)


_entry(others.MAY, _("Second steps"), "zoco_second_steps", "lock", 620)
_entry(keys.MAY, _("Keys of the API"), "zoco_keys", "key", 630)
_entry(page.MAY, _("Log of changes"), "zoco_changes", "history", 640)
