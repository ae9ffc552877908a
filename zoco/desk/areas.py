"""The areas of the menu; an area is there as soon as it has something to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from zoco.ledger.report import Report, reports_all
from zoco.ledger.views.dashboards import Dashboard, dashboards_all


@dataclass(frozen=True, slots=True)
class Area:
    """One of the four things that marketing does."""

    key: str
    label: object
    icon: str
    order: int


AREAS = (
    Area("attract", pgettext_lazy("area", "Attract"), "zoco-attract", 41),
    Area("retain", pgettext_lazy("area", "Retain"), "zoco-retain", 42),
    Area("research", pgettext_lazy("area", "Research"), "zoco-research", 43),
    Area("monitor", pgettext_lazy("area", "Monitor"), "zoco-monitor", 44),
)


class ReportItem(MenuItem):
    """A report or an overview in the menu, for readers who may see reports, and this one."""

    permission = ""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether this reader sees it."""
        may = request.user.has_perm("zoco_ledger.view_reports")
        return may and (not self.permission or request.user.has_perm(self.permission))


def items(area: Area) -> Iterator[MenuItem]:
    """Yield what an area has in the menu: its overviews first, then its reports."""
    entries: list[tuple[str, Dashboard | Report]] = [
        ("overview", each) for each in dashboards_all() if each.area == area.key
    ]
    entries += [("report", each) for each in reports_all() if each.area == area.key]
    for order, (name, each) in enumerate(entries):
        url = reverse(f"zoco_desk:{name}", args=[each.key])
        item = ReportItem(  # type: ignore[no-untyped-call]
            each.label, url, name=f"zoco-{name}-{each.key}".replace(".", "-"), order=order
        )
        item.permission = getattr(each, "permission", "")
        yield item
    if entries and area.key == "monitor":
        url = reverse("zoco_desk:index")
        yield ReportItem(_("All reports"), url, name="zoco-reports", order=len(entries))  # type: ignore[no-untyped-call]


def area_menu(area: Area) -> SubmenuMenuItem | None:
    """Return the menu of an area, None while it has nothing.

    Apps add pages of their own by the hook register_attract_menu_item, register_retain_menu_item …
    """
    found = list(items(area))
    hook = f"register_{area.key}_menu_item"
    if not found and not hooks.get_hooks(hook):
        return None
    menu = Menu(register_hook_name=hook, items=found)
    return SubmenuMenuItem(area.label, menu, name=f"zoco-{area.key}", icon_name=area.icon, order=area.order)
