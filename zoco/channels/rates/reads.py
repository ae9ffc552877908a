"""What pages show of destinations, rates and warm-ups."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext

from zoco.channels import facts
from zoco.channels.models import Account, Batch, Message
from zoco.channels.rates.models import Bucket, Destination, Rate, WarmUp
from zoco.channels.rates.taking import EACH, bounds_of, places_now, plan_left, planned, step_now
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar

STEPS_MOST = 60
LATELY = timedelta(seconds=10)


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


def rates_said(account: Account, *, now: datetime) -> list[dict[str, object]]:
    """Return what the page shows of the rates of an account, those of all accounts among them."""
    bounds = bounds_of(account.pk)
    held = {each.rate_id: each for each in Bucket.objects.filter(rate__in=bounds.rates, domain="")}
    return [
        {
            "rate": each,
            "of": _of(each),
            "most": formats.count(each.most),
            "per": each.get_per_seconds_display(),
            "left": ""
            if each.domain
            else formats.count(max(int(places_now(each, held.get(each.pk), now=now)), 0)),
        }
        for each in bounds.rates
    ]


def steps_said(plan: WarmUp, *, now: datetime) -> list[dict[str, object]]:
    """Return the days of a warm-up until it is over, at most sixty, with what left of today's."""
    step, found = step_now(plan, now=now), []
    for number in range(STEPS_MOST):
        most = planned(plan, number)
        is_now = number == step
        left = formats.count(most - plan_left(plan, now=now)) if is_now else ""
        drawn = bar(most, plan.full)
        found.append(
            {"day": number + 1, "most": formats.count(most), "bar": drawn, "is_now": is_now, "left": left}
        )
        if most >= plan.full and number >= step:
            break
    return found


def batches_held(batches: Sequence[Batch], *, now: datetime) -> Batch | None:
    """Return the first of some batches that a rate holds now, or held a moment ago."""
    lately = now - LATELY
    return next((each for each in batches if each.held_until is not None and each.held_until > lately), None)


def _of(rate: Rate) -> str:
    if rate.account_id is None:
        return gettext("all accounts together")
    if rate.domain == EACH:
        return gettext("each destination")
    return rate.domain or gettext("this account")
