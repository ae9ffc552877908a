"""Reads of channels: the account that is usual, and the clock that stands for people who have none."""

from zoco.channels.models import Account
from zoco.ledger.pictures import moments


def account_usual(adapter: str) -> Account | None:
    """Return the account by which a message of an adapter leaves that names none."""
    return Account.objects.filter(adapter=adapter, is_on=True).order_by("-is_default", "pk").first()


def zone_usual() -> str:
    """Return the time zone of people of whom none is known: that of the first site."""
    return moments.zone().key
