"""Which accounts send e-mail, whichever adapter they are of, and which of them is usual."""

from django.db.models import QuerySet

from zoco.channels.contract import CHANNELS
from zoco.channels.models import Account
from zoco.channels.reads import account_usual


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
