"""What pages offer besides reports, such as "Share…" or filters under a name: apps above register it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.asking.question import Question
from zoco.ledger.report import Report
from zoco.ledger.views.address import Address
from zoco.ledger.views.dashboards import Dashboard


@dataclass(frozen=True, slots=True)
class Action:
    """A link in the head of a page."""

    label: object
    url: str


# Asked for each page of an overview; None where this reader is not offered it.
Offer = Callable[[HttpRequest, Dashboard, Address], Action | None]
_offers: list[Offer] = []


def offer(made: Offer) -> Offer:
    """Register an offer."""
    _offers.append(made)
    return made


def page_actions(request: HttpRequest, dashboard: Dashboard, address: Address) -> list[Action]:
    """Return what this reader is offered beside an overview."""
    return [action for made in _offers if (action := made(request, dashboard, address))]


# Asked for each page of a report; None where this reader is not offered it.
ReportOffer = Callable[[HttpRequest, Report, Address], Action | None]
_report_offers: list[ReportOffer] = []


def offer_report(made: ReportOffer) -> ReportOffer:
    """Register an offer beside reports."""
    _report_offers.append(made)
    return made


def report_actions(request: HttpRequest, report: Report, address: Address) -> list[Action]:
    """Return what this reader is offered beside a report."""
    return [action for made in _report_offers if (action := made(request, report, address))]


Urls = Callable[[Row], Mapping[str, str]]
"""Addresses of the people behind figures of a row, by the names of those."""
# Asked for each page of a report; None where its rows lead this reader to nobody.
Behind = Callable[[HttpRequest, Answer], Urls | None]
_behind: list[Behind] = []


def leads_to_people(made: Behind) -> Behind:
    """Register who knows the people behind reports."""
    _behind.append(made)
    return made


def people_behind(request: HttpRequest, answer: Answer) -> Urls:
    """Return what leads this reader to the people behind the figures of an answer."""
    found = (urls for made in _behind if (urls := made(request, answer)))
    return next(found, lambda _row: {})


@dataclass(frozen=True, slots=True)
class Kept:
    """Filters under a name: a link that sets them, and one that takes them off where they are in force."""

    label: str
    url: str
    is_current: bool
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class KeptFilters:
    """What the controls of a page offer; `save_url` is empty where there is nothing to save."""

    kept: list[Kept] = field(default_factory=list)
    save_url: str = ""


# Asked for each page with filters; None where this reader is not offered it.
Keep = Callable[[HttpRequest, Question, Address], KeptFilters | None]
_keeps: list[Keep] = []


def keeps(made: Keep) -> Keep:
    """Register who keeps filters under names."""
    _keeps.append(made)
    return made


def kept_filters(request: HttpRequest, question: Question, address: Address) -> KeptFilters:
    """Return what this reader is offered beside the filters of a page."""
    found = [each for made in _keeps if (each := made(request, question, address))]
    save_url = next((each.save_url for each in found if each.save_url), "")
    return KeptFilters([kept for each in found for kept in each.kept], save_url)
