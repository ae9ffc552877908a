"""The ledger's pages in the admin's frame, and the first steps of a new installation."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zoco.desk.areas import AREAS
from zoco.desk.home import add_site_url
from zoco.kit.commands import program
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.shell import LedgerView
from zoco.ledger.views.snippet import tracker_line
from zoco.people.opening import sees_people


class DeskFrame(LedgerView):
    """Puts a page of the ledger into Wagtail's admin, with the path to it in the header."""

    frame: ClassVar[str] = "zoco/desk/frame.html"
    namespace: ClassVar[str] = "zoco_desk"

    def page(self, template: str, site: SiteInfo | None, *, status: int = 200, **values: Any) -> HttpResponse:
        """Add what the header needs."""
        area = values.get("area", "")
        values["breadcrumbs_items"] = self.get_breadcrumbs_items(values["title"], area)
        values["icon_name"] = f"zoco-{area}" if area else "zoco-monitor"
        return super().page(template, site, status=status, **values)

    def get_breadcrumbs_items(self, title: object, area: str = "") -> list[dict[str, object]]:
        """Return the path: the list of reports, then the page. Wagtail's own would begin with "Home"."""
        label = next((each.label for each in AREAS if each.key == area), _("Reports"))
        last: dict[str, object] = {"url": None, "label": title}
        if self.request.path == self.index_url():
            return [last]
        return [{"url": self.index_url(), "label": label}, last]


def in_desk(view: type[LedgerView]) -> type[LedgerView]:
    """Return the view in the admin's frame."""
    return type(f"Desk{view.__name__}", (DeskFrame, view), {"__doc__": view.__doc__})


class FirstStepsView(LedgerView):
    """What to do first in an empty installation; it stays reachable later."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Show the steps."""
        known = sitebook.sites()
        return self.page(
            "zoco/desk/first_steps.html",
            None,
            title=_("First steps"),
            overview_url=next((self.address.to("overview", each.key) for each in dashboards_all()), ""),
            slug=next((info.slug for info in known if not info.is_demo), ""),
            tracker_line=tracker_line(request),
            add_site_url=add_site_url(request),
            sees_people=sees_people(),
            program=program(),
        )
