"""Writes of rates and warm-ups; what waits for them is asked about again at once."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zoco.channels import facts
from zoco.channels.models import Account, Batch, Message
from zoco.channels.rates.models import Rate, WarmUp
from zoco.kit import noting

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def rate_add(
    *, account: Account, is_all: bool, domain: str, most: int, per_seconds: int, by: "User", at: datetime
) -> Rate:
    """Let so many leave at most in a span; one of the same kind is replaced."""
    mine = None if is_all else account
    Rate.objects.filter(account=mine, domain=domain, per_seconds=per_seconds).delete()
    rate = Rate.objects.create(account=mine, domain=domain, most=most, per_seconds=per_seconds)
    _changed(account, {"rate": ["", str(rate)]}, by, at, is_all=is_all)
    return rate


@transaction.atomic
def rate_drop(*, rate: Rate, account: Account, by: "User", at: datetime) -> None:
    """Take a rate away, and let go on what it held."""
    said, is_all = str(rate), rate.account_id is None
    rate.delete()
    _changed(account, {"rate": [said, ""]}, by, at, is_all=is_all)


@transaction.atomic
def warm_up_save(
    *, account: Account, is_on: bool, first: int, factor: float, full: int, by: "User", at: datetime
) -> WarmUp:
    """Begin, change or end a warm-up; one that is switched on anew begins with its first day."""
    plan, _is_new = WarmUp.objects.select_for_update().get_or_create(
        account=account, defaults={"is_on": False}
    )
    if is_on and not plan.is_on:
        plan.step, plan.day, plan.left = 0, None, 0
    plan.is_on, plan.first, plan.factor, plan.full = is_on, first, factor, full
    plan.save()
    _changed(account, {"warm-up": ["", str(plan) if is_on else "off"]}, by, at, is_all=False)
    return plan


def _changed(
    account: Account, details: dict[str, list[str]], by: "User", at: datetime, *, is_all: bool
) -> None:
    """Let what a rate held be asked about again, and write the change into the log of changes."""
    waits = Message.objects.filter(
        state=Message.State.WAITS, because__in=(facts.RATE, facts.WARMING), next_at__gt=at
    )
    batches = Batch.objects.filter(held_until__isnull=False)
    if not is_all:
        waits, batches = waits.filter(account=account), batches.filter(account=account)
    waits.update(next_at=at)
    batches.update(held_until=None, held_because="")
    noting.note(action="changed", kind="zoco_channels.account", name=account.name, details=details, by=by)
