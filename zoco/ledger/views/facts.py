"""The facts behind a figure, one a line, newest first. Only for readers who may see facts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.ledger.asking.filters import FILTERABLE
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.controls import controls
from zoco.ledger.views.reading import SHOWN, facts_page
from zoco.ledger.views.shell import LedgerView
from zoco.ledger.views.tables import range_text

HEADS = {
    "occurred_at": gettext_lazy("When"),
    "verdict": gettext_lazy("Verdict"),
    "visitor": gettext_lazy("Visitor"),
    "session": gettext_lazy("Session"),
    "amount_site": gettext_lazy("Amount"),
    "id": gettext_lazy("Id"),
}


class Cell(NamedTuple):
    """A value under its head, and where it is explained; empty for nowhere."""

    head: str
    text: str
    url: str = ""


Explain = Callable[[SiteInfo, dict[str, Any]], str]
_explains: dict[str, Explain] = {}


def explain(column: str, address: Explain) -> None:
    """Register who says at which address the value of a column of a fact is explained."""
    _explains[column] = address


def explained(column: str, site: SiteInfo, fact: dict[str, Any]) -> str:
    """Return the address that explains the value of a column of a fact, "" for none."""
    return _explains[column](site, fact) if column in _explains else ""


class FactsView(LedgerView):
    """A listing of facts for an address; `report` narrows it to what that report counts."""

    permission: ClassVar[str] = "zoco_ledger.view_facts"
    has_filter_form: ClassVar[bool] = True

    def answer(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        query = self.address.question_query()
        key = query.pop("report", [""])[-1]
        report = report_named(key) if key else None
        now = datetime.now(UTC)
        question = Question.from_address(query, now=now)
        found = facts_page(question, report)
        pages = max(1, -(-found.total // question.size))
        if question.page > pages:
            return self.last_page(pages)
        zone = ZoneInfo(question.site.zone)
        first = (question.page - 1) * question.size + 1
        last = first + len(found.rows) - 1
        more = last < found.total
        return self.page(
            "zoco/ledger/facts.html",
            question.site,
            title=_("Facts"),
            heading=report.label if report else _("Facts"),
            zone=question.site.zone,
            printed_at=formats.moment(now.astimezone(zone)),
            controls=controls(question, self.address, now.astimezone(zone).date(), draft=self.draft),
            heads=[_head(name) for name in SHOWN],
            lines=[[self._cell(question.site, name, row) for name in SHOWN] for row in found.rows],
            range_text=range_text(first, last, found.total),
            previous_url=self.address.changed(page=str(question.page - 1)) if question.page > 1 else "",
            next_url=self.address.changed(page=str(question.page + 1)) if more else "",
            report_url=self.address.to("report", report.key) if report else "",
        )

    def _cell(self, site: SiteInfo, name: str, row: dict[str, Any]) -> Cell:
        text = self._text(name, row, site)
        return Cell(_head(name), text, explained(name, site, row) if text else "")

    def _text(self, name: str, row: dict[str, Any], site: SiteInfo) -> str:
        value = row[name]
        if name == "occurred_at":
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return formats.moment(aware.astimezone(ZoneInfo(site.zone)), seconds=True)
        if name == "amount_site":
            return _money(row, site.currency)
        if value in ("", 0, None):
            return ""
        if name in FILTERABLE or name == "verdict":
            column = FILTERABLE.get(name)
            return value_label(name, column.kind if column else "verdict", value)
        return str(value)


def _head(name: str) -> str:
    return str(HEADS.get(name) or FILTERABLE[name].label)


def _money(row: dict[str, Any], currency: str) -> str:
    """Write what a fact is worth to the site, and what was charged where that was another currency."""
    worth = formats.money_charged(row["amount_site"], currency) if row["amount_site"] else ""
    if not row["amount"] or row["currency"] == currency:
        return worth
    charged = formats.money_charged(row["amount"], row["currency"])
    return _("%(worth)s (charged: %(charged)s)") % {"worth": worth or "\u2013", "charged": charged}
