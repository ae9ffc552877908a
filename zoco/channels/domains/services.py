"""Writes of sending domains: added, given keys, which take turns when DNS knows the new one."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from zoco.channels.domains.keys import key_made, key_read, packed, public_of, selector_made
from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.domains.signing import seal_name, signers_forget
from zoco.channels.sealing import SealBroken, is_current, opened, seal
from zoco.kit import noting

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)
State = DkimKey.State


@transaction.atomic
def key_add(
    *,
    domain: SendingDomain,
    kind: str,
    at: datetime,
    pem: str = "",
    selector: str = "",
    by: "User | None" = None,
) -> DkimKey:
    """Give a domain a key, made here or brought along; it signs once DNS has its record.

    One that waits for its record already makes way. Raises KeyUnfit, ValidationError for a selector that
    is taken or none.
    """
    private = key_read(pem) if pem else key_made(kind)
    public = public_of(private)
    DkimKey.objects.filter(domain=domain, kind=public.kind, state=State.NEW).delete()
    key = DkimKey(domain=domain, kind=public.kind, state=State.NEW, public=public.record, created_at=at)
    key.selector = (selector or _selector_free(domain, public.kind, at)).lower()
    key.secret = seal({"private": packed(private)}, account=seal_name(key))
    key.full_clean()
    key.save()
    _note(domain, {f"key {key.selector}": [None, key.kind]}, by)
    return key


@transaction.atomic
def key_switch(*, key: DkimKey, at: datetime) -> bool:
    """Let a key sign from now on instead of the one before it; returns whether it does so anew."""
    waits = DkimKey.objects.select_for_update().filter(pk=key.pk, state=State.NEW)
    if not waits.exists():
        return False
    before = DkimKey.objects.filter(domain=key.domain_id, kind=key.kind, state=State.CURRENT)
    before.update(state=State.OLD, replaced_at=at)
    waits.update(state=State.CURRENT, seen_at=at)
    _note(key.domain, {f"key {key.selector}": ["new", "current"]}, None)
    transaction.on_commit(signers_forget)
    return True


@transaction.atomic
def key_drop(*, key: DkimKey, by: "User | None" = None) -> None:
    """Take a key away; what it signed can be verified as long as its record stands in DNS."""
    _note(key.domain, {f"key {key.selector}": [key.state, None]}, by)
    key.delete()
    transaction.on_commit(signers_forget)


def keys_expire(*, now: datetime) -> int:
    """Take away keys that were replaced long enough ago; returns how many."""
    done = 0
    for key in DkimKey.objects.filter(state=State.OLD).annotate(days=F("domain__keep_days")).order_by("pk"):
        if key.replaced_at is not None and key.replaced_at + timedelta(days=key.days) <= now:
            key_drop(key=key)
            done += 1
    return done


def keys_reseal() -> int:
    """Seal anew what an older SECRET_KEY sealed; returns how many were. What does not open is logged."""
    done = 0
    for key in DkimKey.objects.order_by("pk"):
        if is_current(key.secret):
            continue
        try:
            values = opened(key.secret, account=seal_name(key))
        except SealBroken:
            log.warning("The key of a sending domain cannot be opened. key=%s", key.pk)
            continue
        sealed = seal(values, account=seal_name(key))
        done += DkimKey.objects.filter(pk=key.pk, secret=key.secret).update(secret=sealed)
    return done


def _selector_free(domain: SendingDomain, kind: str, at: datetime) -> str:
    first = selector_made(kind, at.date())
    taken = set(DkimKey.objects.filter(domain=domain).values_list("selector", flat=True))
    names = (first, *(f"{first}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _note(domain: SendingDomain, details: dict[str, list[str | None]], by: "User | None") -> None:
    noting.note(
        action="changed", kind="zoco_channels.sendingdomain", name=domain.name, details=details, by=by
    )
