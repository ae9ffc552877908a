"""What an overview offers besides its reports, such as "Share…": apps above the ledger register it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from zoco.ledger.dashboard import Dashboard
from zoco.ledger.views.address import Address


@dataclass(frozen=True, slots=True)
class Action:
    """A link in the head of an overview."""

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
