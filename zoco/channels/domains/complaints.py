"""How many complained of what left lately, held against the shares that large mailboxes name.

Google's sender guidelines ask for less than 0.1 % and never 0.3 %, Yahoo's for less than 0.3 %; both are in
force since February 2024. docs/guide/domains.md says where that stands and what they count otherwise.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.channels.domains.naming import domain_of
from zoco.channels.domains.verdicts import COMPLAINTS_MOST, COMPLAINTS_WANTED
from zoco.channels.hearing import NOT_OURS
from zoco.channels.models import Account, Message, Told
from zoco.ledger.pictures import formats
from zoco.stats.proportions import wilson

DAYS = 30
FEW = round(1 / COMPLAINTS_WANTED)
"""Of fewer letters than this one complaint alone is too many."""


@dataclass(frozen=True, slots=True)
class Complaints:
    """How many letters were complained of, and how many arrived as far as is known."""

    count: int
    of: int


def complaints_of(accounts: Collection[int], *, now: datetime) -> Complaints:
    """Return how many complained in the last DAYS, of how many letters written since that left and stayed."""
    since = now - timedelta(days=DAYS)
    last = _last_before(since)
    sent = Message.objects.filter(account__in=accounts, state=Message.State.SENT, pk__gt=last).count()
    told = Told.objects.filter(account__in=accounts, at__gt=since)
    count = told.filter(told="complained").exclude(message=None).values("message").distinct().count()
    back = told.filter(told="bounced", message__gt=last).values("message").distinct().count()
    return Complaints(count, max(sent - back, 0))


def strangers_said(account: int, *, now: datetime) -> str:
    """Return how much was told of addresses that an account never wrote to, and what to do; or nothing."""
    since = now - timedelta(days=DAYS)
    count = Told.objects.filter(account=account, told=NOT_OURS, at__gt=since).count()
    if not count:
        return ""
    said = ngettext(
        "In the last %(days)s days %(count)s notice named an address that this account never wrote to; "
        "nothing followed from it. If nobody else sends by this account of the provider, it was made up: "
        "renew there what proves its notices, and enter it below.",
        "In the last %(days)s days %(count)s notices named addresses that this account never wrote to; "
        "nothing followed from them. If nobody else sends by this account of the provider, they were made "
        "up: renew there what proves its notices, and enter it below.",
        count,
    )
    return said % {"days": DAYS, "count": formats.count(count)}


def _last_before(moment: datetime) -> int:
    """Return the number of the last message that was made before a moment; numbers go with time.

    So an index alone counts what left: a million letters in some hundredths of a second.
    """
    rows = Message.objects.order_by("pk")
    below, above = 0, rows.values_list("pk", flat=True).last() or 0
    while below < above:
        middle = (below + above + 1) // 2
        found = rows.filter(pk__lte=middle).values_list("created_at", flat=True).last()
        if found is None or found <= moment:
            below = middle
        else:
            above = middle - 1
    return below


def accounts_from(domain: str) -> list[int]:
    """Return the accounts whose mail comes from a domain, or from one that lies in it."""
    return [
        pk
        for pk, options in Account.objects.values_list("pk", "options")
        if _lies_in(domain_of(str(options.get("from_address") or "")), domain)
    ]


def _lies_in(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def complaints_said(found: Complaints) -> dict[str, str]:
    """Return what follows from the share of complaints: a grade, and words."""
    if not found.of:
        return {"grade": "", "words": ""}
    value = found.count / found.of
    named = {
        "share": formats.percent(value, 2),
        "wanted": formats.percent(COMPLAINTS_WANTED, 1),
        "most": formats.percent(COMPLAINTS_MOST, 1),
    }
    if value >= COMPLAINTS_MOST:
        words = _("%(share)s complained: from %(most)s on large mailboxes take it for spam, or refuse it.")
        return {"grade": "bad", "words": words % named}
    if value >= COMPLAINTS_WANTED:
        words = _("%(share)s complained: stay below %(wanted)s, and never reach %(most)s.")
        return {"grade": "warn", "words": words % named}
    words = _("%(share)s complained: below %(wanted)s, as large mailboxes want it.")
    return {"grade": "good", "words": words % named}


def certainty_said(found: Complaints) -> str:
    """Return how sure a share is: the numbers, and the bounds of 95 % (Wilson)."""
    if not found.of:
        return _("Nothing left from it in the last %(days)s days, so nobody could complain.") % {"days": DAYS}
    low, high = wilson(found.count, found.of)
    named = {
        "count": formats.count(found.count),
        "of": formats.count(found.of),
        "days": DAYS,
        "low": formats.percent(max(low, 0.0), 2),
        "high": formats.percent(high, 2),
    }
    said = ngettext(
        "%(count)s of %(of)s letter in %(days)s days; the true share lies between %(low)s and %(high)s "
        "(95 %% interval).",
        "%(count)s of %(of)s letters in %(days)s days; the true share lies between %(low)s and %(high)s "
        "(95 %% interval).",
        found.of,
    )
    words = [said % named]
    if found.of < FEW:
        few = _("These are few letters: one complaint alone weighs %(one)s.")
        words.append(few % {"one": formats.percent(1 / found.of, 1)})
    return " ".join(words)
