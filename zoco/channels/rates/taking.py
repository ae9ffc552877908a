"""How many may leave now: places in buckets that are rows: processes share them, restarts keep them.

A bucket holds a tenth of its rate and fills evenly, so that in any span no more leave than the rate says
(token bucket; J. Turner, "New directions in communications", 1986). What finds no place gets the moment of
the next one, and nothing is asked or written where no rate is set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from zoco.channels import facts
from zoco.channels.rates.models import Bucket, Rate, WarmUp
from zoco.channels.rates.pausing import Hold
from zoco.channels.reads import zone_usual
from zoco.consent.models import Purpose

EACH = "*"
"""As the domain of a rate: for each destination by itself."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many may leave by an account now, and what holds the others and until when."""

    most: int
    hold: Hold


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds an account: rates, those of all accounts first, and a warm-up."""

    rates: tuple[Rate, ...] = ()
    plan: WarmUp | None = None

    def __bool__(self) -> bool:
        return bool(self.rates) or self.plan is not None


def bounds_of(account: int) -> Bounds:
    """Return what bounds an account."""
    rates = Rate.objects.filter(Q(account=account) | Q(account=None)).order_by("pk")
    return Bounds(tuple(rates), WarmUp.objects.filter(account=account, is_on=True).first())


def room(bounds: Bounds, *, now: datetime) -> Room | None:
    """Return how many may leave now, whoever they are for; None where nothing bounds that."""
    if not bounds:
        return None
    rates, plan = [each for each in bounds.rates if not each.domain], bounds.plan
    found: list[Room] = []
    held = {each.rate_id: each for each in Bucket.objects.filter(rate__in=rates, domain="")} if rates else {}
    for rate in rates:
        places = places_now(rate, held.get(rate.pk), now=now)
        wait = timedelta(seconds=max(1 - places, 0) / speed(rate))
        found.append(Room(floor(places + 1e-6), Hold(facts.RATE, now + wait)))
    if plan is not None:
        found.append(Room(plan_left(plan, now=now), Hold(facts.WARMING, next_day(now))))
    return min(found, key=lambda each: (each.most, -each.hold.until.timestamp()), default=None)


def places_take(bounds: Bounds, domains: Sequence[str], purpose: str, *, now: datetime) -> list[Hold | None]:
    """Take a place for each message to a destination; returns why it waits, None where it may leave.

    What a person needs leaves at once and counts all the same.
    """
    if not domains or not bounds:
        return [None] * len(domains)
    with transaction.atomic():
        return _taken(bounds, domains, is_needed=purpose == Purpose.TRANSACTIONAL, now=now)


def _taken(bounds: Bounds, domains: Sequence[str], *, is_needed: bool, now: datetime) -> list[Hold | None]:
    rates, plan = bounds.rates, bounds.plan
    buckets = _buckets(rates, set(domains), now)
    if plan is not None:
        plan = WarmUp.objects.select_for_update().filter(pk=plan.pk).first()
    holds: list[Hold | None] = []
    left, taken = plan_left(plan, now=now) if plan else 0, 0
    for domain in domains:
        mine = [(each, buckets[each.pk, _of(each, domain)]) for each in rates if _is_for(each, domain, rates)]
        full = [(rate, bucket) for rate, bucket in mine if bucket.places < 1 - 1e-6]
        if plan is not None and taken >= left and not is_needed:
            holds.append(Hold(facts.WARMING, next_day(now)))
        elif full and not is_needed:
            holds.append(Hold(facts.RATE, max(_slot(rate, bucket, now) for rate, bucket in full)))
        else:
            taken += 1
            for _rate, bucket in mine:
                bucket.places -= 1
            holds.append(None)
    if buckets:
        Bucket.objects.bulk_update(buckets.values(), ["places", "at", "slot_at"])
    if plan is not None and taken:
        _counted(plan, taken, now)
    return holds


def capacity(rate: Rate) -> float:
    """Return how many may leave at once."""
    return max(1, rate.most // 10)


def speed(rate: Rate) -> float:
    """Return how many places come a second."""
    return max((rate.most - capacity(rate) + 1) / rate.per_seconds, 1e-9)


def places_now(rate: Rate, bucket: Bucket | None, *, now: datetime) -> float:
    """Return how many places a bucket has; one that nobody used is full."""
    if bucket is None:
        return capacity(rate)
    seconds = max((now - bucket.at).total_seconds(), 0.0)
    return min(capacity(rate), bucket.places + seconds * speed(rate))


def today(now: datetime) -> date:
    """Return the day of warm-ups: that of the first site."""
    return now.astimezone(ZoneInfo(zone_usual())).date()


def next_day(now: datetime) -> datetime:
    """Return when the next day of warm-ups begins."""
    zone = ZoneInfo(zone_usual())
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone).astimezone(
        now.tzinfo
    )


def planned(plan: WarmUp, step: int) -> int:
    """Return how many may leave on the day of a step, 0 being the first."""
    factor = max(plan.factor, 1.0)
    return min(plan.full, int(plan.first * factor ** min(step, 500))) if plan.first < plan.full else plan.full


def plan_left(plan: WarmUp, *, now: datetime) -> int:
    """Return how many may still leave today."""
    is_today = plan.day == today(now)
    return max(planned(plan, step_now(plan, now=now)) - (plan.left if is_today else 0), 0)


def step_now(plan: WarmUp, *, now: datetime) -> int:
    """Return which day of the plan it is: the next one where something left on the last."""
    is_over = plan.day is not None and plan.day != today(now) and plan.left > 0
    return plan.step + 1 if is_over else plan.step


def _counted(plan: WarmUp, taken: int, now: datetime) -> None:
    step = step_now(plan, now=now)
    plan.left = taken + (plan.left if plan.day == today(now) else 0)
    plan.step, plan.day = step, today(now)
    plan.save(update_fields=["step", "day", "left"])


def _is_for(rate: Rate, domain: str, rates: Sequence[Rate]) -> bool:
    """Return whether a rate is about a destination: the rate of one goes before that of each."""
    if rate.domain == EACH:
        same = (each for each in rates if each.account_id == rate.account_id)
        return bool(domain) and not any(each.domain == domain for each in same)
    return rate.domain in {"", domain}


def _of(rate: Rate, domain: str) -> str:
    return domain if rate.domain else ""


def _buckets(rates: Sequence[Rate], domains: set[str], now: datetime) -> dict[tuple[int, str], Bucket]:
    """Lock what is left of each rate, those of all accounts first and in one order, as it is now."""
    if not rates:
        return {}
    wanted = sorted(
        {(rate.pk, _of(rate, each)) for rate in rates for each in domains if _is_for(rate, each, rates)}
    )
    by_pk = {each.pk: each for each in rates}
    new = [Bucket(rate_id=pk, domain=each, places=capacity(by_pk[pk]), at=now) for pk, each in wanted]
    Bucket.objects.bulk_create(new, ignore_conflicts=True)
    rows = Bucket.objects.select_for_update(of=("self",)).filter(
        rate__in=by_pk, domain__in={each for _pk, each in wanted}
    )
    ordered = rows.order_by(F("rate__account").asc(nulls_first=True), "rate", "domain")
    found = {(each.rate_id, each.domain): each for each in ordered}
    for (pk, _domain), bucket in found.items():
        bucket.places, bucket.at = places_now(by_pk[pk], bucket, now=now), max(now, bucket.at)
    return found


def _slot(rate: Rate, bucket: Bucket, now: datetime) -> datetime:
    """Return the moment of the next place that nobody else waits for."""
    first = now + timedelta(seconds=max(1 - bucket.places, 0) / speed(rate))
    last = bucket.slot_at
    bucket.slot_at = first if last is None or last < first else last + timedelta(seconds=1 / speed(rate))
    return bucket.slot_at
