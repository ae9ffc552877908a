"""What Wagtail's admin is told of channels: accounts among the settings, messages in what retains."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from zoco.channels.domains import screens as domain_screens
from zoco.channels.rates import screens as rate_screens
from zoco.channels.screens import pages as screens
from zoco.ledger.viewsets import RightItem


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def channel_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("channels/", screens.accounts, name="zoco_channels"),
        path("channels/new/", screens.kinds, name="zoco_channels_kinds"),
        path("channels/new/<str:adapter>/", screens.new, name="zoco_channels_new"),
        path("channels/<int:pk>/", screens.account, name="zoco_channels_account"),
        path("channels/<int:pk>/act/", screens.act, name="zoco_channels_act"),
        path("channels/<int:pk>/rates/", rate_screens.rates, name="zoco_channels_rates"),
        path("domains/", domain_screens.domains, name="zoco_domains"),
        path("domains/<int:pk>/", domain_screens.domain, name="zoco_domain"),
        path("domains/<int:pk>/act/", domain_screens.act, name="zoco_domain_act"),
        path("messages/", screens.messages, name="zoco_messages"),
    ]


def _entry(menu: str, permission: str, label: object, name: str, order: int) -> None:
    item = RightItem(permission, label, reverse_lazy(name), name=name, icon_name="mail", order=order)
    hooks.register(f"register_{menu}_menu_item", lambda: item)


_entry("settings", screens.SEE, _("Accounts to send by"), "zoco_channels", 610)
_entry("settings", domain_screens.SEE, _("Sending domains"), "zoco_domains", 615)
_entry("retain", screens.SEE_MESSAGES, _("Messages"), "zoco_messages", 300)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def channel_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_channels")
