"""What pages show of destinations."""

from datetime import datetime

from django.db.models import Count

from zoco.channels import facts
from zoco.channels.models import Account, Message
from zoco.channels.rates.models import Destination


def destinations_paused(*, now: datetime, account: Account | None = None) -> list[Destination]:
    """Return the destinations that are left alone now, of one account or of all, blocks first."""
    found = Destination.objects.filter(paused_until__gt=now).select_related("account")
    if account is not None:
        found = found.filter(account=account)
    return list(found.order_by("-is_block", "domain", "pk"))


def destinations_said(account: Account, *, now: datetime) -> list[dict[str, object]]:
    """Return what the page of an account shows of its destinations that are left alone."""
    found = destinations_paused(now=now, account=account)
    counts = waiting(account) if found else {}
    return [{"destination": each, "waits": counts.get(each.domain, 0)} for each in found]


def waiting(account: Account) -> dict[str, int]:
    """Count what waits for destinations of an account, by domain."""
    held = Message.objects.filter(account=account, state=Message.State.WAITS, because=facts.DESTINATION)
    counts: dict[str, int] = {}
    for to, n in held.values_list("to").annotate(n=Count("pk")).order_by():
        domain = str(to).rpartition("@")[2].lower()
        counts[domain] = counts.get(domain, 0) + int(n)
    return counts
