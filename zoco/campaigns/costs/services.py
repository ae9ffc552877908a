"""Write costs: typed one by one, or from a file. The same again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from zoco.campaigns.costs.models import Cost
from zoco.campaigns.costs.reading import Key
from zoco.campaigns.models import Campaign
from zoco.kit import noting

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True)
class Put:
    """How many costs were new, got another amount, or were there already."""

    new: int
    changed: int
    same: int


def cost_set(
    *, campaign: int, on: date, source: str, amount: Decimal, currency: str, by: User | None
) -> Cost:
    """Write down what was spent on a day, in place of what stood there. Raises ValidationError."""
    cost = Cost.objects.filter(campaign=campaign, on=on, source=source, currency=currency).first() or Cost(
        campaign_id=campaign, on=on, source=source, currency=currency
    )
    cost.amount, cost.created_by, cost.is_imported = amount, by, False
    cost.full_clean()
    cost.save()
    return cost


@transaction.atomic
def costs_put(*, sums: Mapping[Key, Decimal], by: User | None) -> Put:
    """Put what a file says: each amount takes the place of the one that stood there."""
    keys = {campaign for campaign, *_rest in sums}
    held = {
        (each.campaign_id, each.on, each.source, each.currency): each
        for each in Cost.objects.select_for_update().filter(campaign__in=keys)
    }
    new, changed = [], []
    for key, amount in sums.items():
        there = held.get(key)
        if there is None:
            campaign, on, source, currency = key
            new.append(
                Cost(
                    campaign_id=campaign, on=on, source=source, currency=currency, amount=amount,
                    is_imported=True, created_by=by,
                )
            )  # fmt: skip
        elif there.amount != amount:
            there.amount, there.is_imported, there.created_by = amount, True, by
            changed.append(there)
    Cost.objects.bulk_create(new, batch_size=500)
    Cost.objects.bulk_update(changed, ["amount", "is_imported", "created_by"], batch_size=500)
    put = Put(len(new), len(changed), len(sums) - len(new) - len(changed))
    if new or changed:
        codes = Campaign.objects.filter(pk__in=keys).order_by("code").values_list("code", flat=True)
        told = {"new": [None, put.new], "changed": [None, put.changed], "same": [None, put.same]}
        noting.note(action="changed", kind="zoco_campaigns.cost", name=", ".join(codes), details=told, by=by)
    return put
