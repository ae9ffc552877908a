"""Write costs: typed one by one, or many from a file. The same again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zoco.campaigns.costs.models import KEY, SOURCES_MOST, VALUES, Cost, CostBefore, CostImport, Rate
from zoco.campaigns.days import OLDEST
from zoco.campaigns.models import Campaign

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

AT_ONCE = 500
CostKey = tuple[object, ...]


def sources_of(site: int) -> set[str]:
    """Return the sources that a site's costs have; no more of them than there may be."""
    found = Cost.objects.filter(campaign__site=site).order_by("source").values_list("source", flat=True)
    return set(found.distinct()[:SOURCES_MOST])


def key_of(cost: Cost) -> CostKey:
    """Return what a cost is the spend of."""
    return tuple(getattr(cost, name) for name in KEY)


@transaction.atomic
def cost_set(
    *, campaign: int, on: date, source: str, amount: Decimal, currency: str, by: User | None, at: datetime
) -> Cost:
    """Write down what a source cost on a day, in place of what stood there for the whole of it.

    Raises ValidationError; also where a file has said it in parts, beside which a sum would be counted twice.
    """
    zone = ZoneInfo(Campaign.objects.values_list("site__zone", flat=True).get(pk=campaign))
    if not OLDEST <= on <= at.astimezone(zone).date():
        raise ValidationError({"on": _("The day lies in the future, or before 2000")})
    parts = Cost.objects.filter(campaign=campaign, on=on, source=source, is_imported=True, amount__gt=0)
    if parts.exclude(medium="", creative="", account="").exists():
        raise ValidationError(
            _(
                "A file has said what this source cost on this day, by medium, creative or account: a sum "
                "beside them would be counted twice. Import a corrected file, or delete these amounts first."
            )
        )
    _source_check(campaign, source)
    given = {"source": source, "medium": "", "creative": "", "account": "", "currency": currency}
    cost = Cost(campaign_id=campaign, on=on, amount=amount, created_by=by, **given)
    found = Cost.objects.select_for_update().filter(campaign=campaign, on=on, **given).first()
    if found is None:
        cost.full_clean()
        cost.save()
        return cost
    cost.full_clean(validate_constraints=False)
    if _values(found) != _values(cost):
        _before(found, at, None).save()
        for name in VALUES:
            setattr(found, name, getattr(cost, name))
    found.created_by, found.is_imported = by, False
    found.save()
    return found


def _source_check(campaign: int, source: str) -> None:
    """Raise ValidationError for one source more than a site may have."""
    known = sources_of(Campaign.objects.values_list("site", flat=True).get(pk=campaign))
    if source not in known and len(known) >= SOURCES_MOST:
        words = _("The costs of a site have at most %(most)s sources. Take one that is there: %(some)s …")
        some = ", ".join(sorted(known)[:5])
        raise ValidationError({"source": words % {"most": SOURCES_MOST, "some": some}})


@transaction.atomic
def costs_put(*, costs: Sequence[Cost], run: CostImport, at: datetime) -> Counter[str]:
    """Write costs of a file, each in place of what has its key; returns how many were new, changed, same.

    What the file passes over stays as it is, see `costs_voided`.

    Raises IntegrityError where somebody else writes one of them at the same moment; do it again then.
    """
    new, changed, same = _parted(costs, Cost.objects.select_for_update())
    CostBefore.objects.bulk_create([_before(there, at, run) for there, _cost in changed], batch_size=AT_ONCE)
    for there, cost in changed:
        for name in VALUES:
            setattr(there, name, getattr(cost, name))
        there.is_imported, there.run, there.created_by, there.changed_at = True, run, run.created_by, at
    for cost in new:
        cost.is_imported, cost.run, cost.created_by = True, run, run.created_by
    Cost.objects.bulk_create(new, batch_size=AT_ONCE)
    fields = [*VALUES, "is_imported", "run", "created_by", "changed_at"]
    Cost.objects.bulk_update([there for there, _cost in changed], fields, batch_size=AT_ONCE)
    return Counter(new=len(new), changed=len(changed), same=same)


@transaction.atomic
def costs_voided(*, keys: Sequence[int], run: CostImport, at: datetime) -> int:
    """Let costs count 0 that a file passes over, what they were is kept beside them; returns how many."""
    rows = Cost.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    found = [each for each in rows if each.amount or each.impressions or each.clicks]
    CostBefore.objects.bulk_create([_before(each, at, run) for each in found], batch_size=AT_ONCE)
    for each in found:
        each.amount = Decimal(0)
        each.impressions = None if each.impressions is None else 0
        each.clicks = None if each.clicks is None else 0
        each.is_imported, each.run, each.created_by, each.changed_at = True, run, run.created_by, at
    fields = [*VALUES, "is_imported", "run", "created_by", "changed_at"]
    Cost.objects.bulk_update(found, fields, batch_size=AT_ONCE)
    return len(found)


def costs_planned(costs: Sequence[Cost]) -> Counter[str]:
    """Return how many of these costs would be new, changed, same."""
    new, changed, same = _parted(costs, Cost.objects.all())
    return Counter(new=len(new), changed=len(changed), same=same)


def _parted(costs: Sequence[Cost], rows: QuerySet[Cost]) -> tuple[list[Cost], list[tuple[Cost, Cost]], int]:
    """Return those that are new, those that change what is there, and how many are there already."""
    days = [each.on for each in costs]
    found = rows.filter(
        campaign__in={each.campaign_id for each in costs}, on__gte=min(days), on__lte=max(days)
    ).order_by("pk")
    held = {key_of(each): each for each in found}
    new = [each for each in costs if key_of(each) not in held]
    known = [(held[key_of(each)], each) for each in costs if key_of(each) in held]
    changed = [(one, other) for one, other in known if _values(one) != _values(other)]
    return new, changed, len(known) - len(changed)


def _values(cost: Cost) -> tuple[object, ...]:
    return tuple(getattr(cost, name) for name in VALUES)


def _before(cost: Cost, at: datetime, run: CostImport | None) -> CostBefore:
    values = {name: getattr(cost, name) for name in VALUES}
    return CostBefore(cost=cost, replaced_at=at, replaced_by=run, **values)


@transaction.atomic
def rate_set(*, site: int, currency: str, on: date, rate: Decimal) -> Rate:
    """Say what a currency is worth from a day on, in place of what was said. Raises ValidationError."""
    found = Rate.objects.select_for_update().filter(site=site, currency=currency, on=on).first()
    made = found or Rate(site_id=site, currency=currency, on=on)
    made.rate = rate
    made.full_clean()
    made.save()
    return made
