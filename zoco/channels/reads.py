"""Reads of channels: which accounts send e-mail, which is usual, and the clock of people who have none."""

from django.db.models import QuerySet

from zoco.channels.contract import CHANNELS
from zoco.channels.models import Account
from zoco.ledger.pictures import moments


def account_usual(adapter: str) -> Account | None:
    """Return the account by which a message of an adapter leaves that names none."""
    return Account.objects.filter(adapter=adapter, is_on=True).order_by("-is_default", "pk").first()


def mail_adapters() -> list[str]:
    """Return the keys of the adapters by which e-mail leaves."""
    return [each.key for each in CHANNELS if (each.means or each.key) == "email"]


def mail_accounts() -> QuerySet[Account]:
    """Return the accounts that send e-mail, by name; also those that are off."""
    return Account.objects.filter(adapter__in=mail_adapters()).order_by("name", "pk")


def mail_account_usual() -> Account | None:
    """Return the account by which e-mail leaves that names none, whichever adapter it is of."""
    found = [account for key in mail_adapters() if (account := account_usual(key)) is not None]
    return found[0] if found else None


def zone_usual() -> str:
    """Return the time zone of people of whom none is known: that of the first site."""
    return moments.zone().key
