"""The admin's home: each site with its last 30 days, or the first steps while there is nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component  # type: ignore[attr-defined]

from zoco.kit.commands import program
from zoco.ledger import sitebook
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.relative import facts_span
from zoco.ledger.pictures.figures import Headline, headlines
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.snippet import tracker_line
from zoco.people.opening import sees_people


@dataclass(frozen=True, slots=True)
class SiteCard:
    """One site: figures of its last 30 days, or words when there are none."""

    name: str
    url: str
    is_demo: bool
    figures: list[Headline]
    words: str


class HomePanel(Component):  # type: ignore[misc]
    """Stands first on the admin's home page."""

    name = "zoco"
    order = 10
    template_name = "zoco/desk/home_panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the sites, and whether all of it is empty."""
        cards = [_card(info) for info in sitebook.sites()]
        known = sitebook.sites()
        return {
            "cards": cards,
            "is_empty": not any(card.figures for card in cards),
            "is_demo": any(card.is_demo for card in cards),
            "demo_name": next((card.name for card in cards if card.is_demo), "") if len(cards) > 1 else "",
            "first_steps_url": reverse("zoco_desk_first_steps"),
            "slug": next((info.slug for info in known if not info.is_demo), ""),
            "program": program(),
            "tracker_line": tracker_line(self.request),
            "add_site_url": add_site_url(self.request),
            "sees_people": sees_people(),
            "overview_url": next(
                (reverse("zoco_desk:overview", args=[board.key]) for board in dashboards_all()), ""
            ),
        }


def add_site_url(request: HttpRequest) -> str:
    """Return where a counted site is made, for whoever may, while there is none but the simulated one."""
    if not request.user.has_perm("zoco_sites.add_site") or any(not each.is_demo for each in sitebook.sites()):
        return ""
    return reverse("zoco_sites:add")


def _card(info: SiteInfo) -> SiteCard:
    board = next(iter(dashboards_all()), None)
    if board is None:
        return SiteCard(info.name, "", info.is_demo, [], "")
    url = f"{reverse('zoco_desk:overview', args=[board.key])}?site={info.slug}"
    try:
        span = facts_span(info)
        if span is None:
            return SiteCard(info.name, url, info.is_demo, [], _("No visits yet."))
        report = report_named(board.head)
        now = datetime.now(UTC)
        question = Question.from_address({"site": info.slug, "period": "30d"}, report=report, now=now)
        answer = ask(report, question, now=now)
    except (StoreBusy, QueryFailed):
        return SiteCard(info.name, url, info.is_demo, [], _("The ledger does not answer right now."))
    if not answer.facts_used:
        return SiteCard(info.name, url, info.is_demo, [], _("No visits in the last 30 days."))
    names = [measure.name for measure in answer.measures]
    figures = headlines(answer, {name: f"{url}&draw={name}" for name in names}, "")
    return SiteCard(info.name, url, info.is_demo, figures, "")
