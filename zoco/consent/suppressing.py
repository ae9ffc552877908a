"""Addresses that are not written to. Of each only a keyed hash is kept, so that it outlives its person.

The key lies in keys/, outside every backup of the database: without it nobody can try addresses out.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zoco.consent.deciding import Decision, event_of
from zoco.consent.models import Suppression, SuppressionEvent
from zoco.kit import conf, noting
from zoco.kit.files import made_once
from zoco.kit.reading import rows_among
from zoco.people.identities import Named

Place = tuple[str, str, str]
_WHYS = "SELECT hash, why FROM zoco_consent_suppression WHERE hash = ANY_OF"
By = SuppressionEvent.By
NOT_EVEN_NEEDED = (Suppression.Why.DEAD,)
"""Why an address gets nothing, whatever it is for."""
OWN_WILL = (Suppression.Why.COMPLAINT, Suppression.Why.UNSUBSCRIBED)
"""What the person wanted; nobody else takes it back."""
_forgetters: list[Callable[[str], object]] = []


class OwnWill(Exception):
    """Raised when a colleague would lift what the person wanted; the message says who can."""


def forget_by(forgetter: Callable[[str], object]) -> None:
    """Let an app above forget what it counted of an address when it is let go; it is told the hash."""
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)


@transaction.atomic
def suppress(
    *, identity: Named | Place, why: Suppression.Why, at: datetime, decision: Decision | None = None
) -> bool:
    """Keep an address from being written to, and what decided it; returns whether it is suppressed for this.

    A second time changes nothing. What a server says of a letter that left before the address was let go
    does not suppress it again, however late and in whatever form it is told.
    """
    mark, made_by = hash_of(identity), decision or Decision(by=_usual(why))
    if made_by.by == By.SERVER and _is_outdated(mark, why, made_by, at):
        return False
    _row, is_new = Suppression.objects.get_or_create(hash=mark, why=why, defaults={"at": at})
    if is_new:
        value = identity.value if isinstance(identity, Named) else identity[2]
        event_of(made_by, mark=mark, why=why, at=at, value=value).save()
    return True


def _usual(why: str) -> str:
    usual = {Suppression.Why.DEAD: By.SERVER, Suppression.Why.BY_HAND: By.STAFF}
    usual |= {Suppression.Why.COMPLAINT: By.COMPLAINT, Suppression.Why.IMPORTED: By.IMPORT}
    return usual.get(Suppression.Why(why), By.PERSON)


def _is_outdated(mark: str, why: str, decision: Decision, at: datetime) -> bool:
    """Return whether somebody let the address go since the letter left, or knowing this very answer."""
    events = SuppressionEvent.objects.filter(hash=mark, why=why)
    lifted_at = events.filter(is_lift=True).order_by("-id").values_list("at", flat=True).first()
    if lifted_at is None:
        return False
    is_known = bool(decision.notice) and events.filter(notice=decision.notice).exists()
    return is_known or (decision.sent_at or at) <= lifted_at


@transaction.atomic
def unsuppress(
    *, identity: Named | Place, why: Suppression.Why, at: datetime, decision: Decision | None = None
) -> int:
    """Let an address be written to again as far as this reason goes; returns how many rows went."""
    mark = hash_of(identity)
    gone = Suppression.objects.filter(hash=mark, why=why).delete()[0]
    if gone:
        event_of(decision or Decision(by=By.PERSON), mark=mark, why=why, at=at, is_lift=True).save()
    return gone


@transaction.atomic
def suppressed_put(*, identity: Named | Place, reason: str, at: datetime, by: Any) -> None:
    """Suppress an address by hand; the log of changes is told, of the address by a part of its hash alone."""
    why, decision = Suppression.Why.BY_HAND, Decision(by=By.STAFF, note=reason, user=by)
    suppress(identity=identity, why=why, at=at, decision=decision)
    _note("created", hash_of(identity), {"why": [None, str(why)], "reason": [None, reason]}, by)


@transaction.atomic
def suppressed_lift(
    *, identity: Named | Place, why: Suppression.Why, reason: str, by: Any, at: datetime
) -> int:
    """Lift one reason by hand, and forget what letters to the address did not arrive; returns how many went.

    What the person wants is asked all the same. Raises OwnWill for what he wanted himself.
    """
    if why in OWN_WILL:
        raise OwnWill(own_will(why))
    decision = Decision(by=By.STAFF, note=reason, user=by)
    gone = unsuppress(identity=identity, why=why, at=at, decision=decision)
    if gone:
        if why == Suppression.Why.DEAD:
            for forget in _forgetters:
                forget(hash_of(identity))
        _note("deleted", hash_of(identity), {"why": [str(why), None], "reason": [None, reason]}, by)
    return gone


def own_will(why: str) -> str:
    """Say who can take back what the person wanted."""
    if why == Suppression.Why.COMPLAINT:
        return _(
            "The person complained. Only the person can take that back, by choosing a topic on the page of "
            "choices that every letter links to."
        )
    return _(
        "The person wants nothing more. Only the person can take that back: on the page of choices that "
        "every letter links to, or by signing up and confirming anew."
    )


def _note(action: str, mark: str, details: dict[str, list[Any]], by: Any) -> None:
    noting.note(action=action, kind=Suppression._meta.label_lower, name=mark[:12], details=details, by=by)


def suppressed(identities: Iterable[Place]) -> dict[Place, set[str]]:
    """Return why each of these addresses is suppressed; those that are not are left out."""
    hashes = hashes_of(identities)
    found: dict[Place, set[str]] = {}
    for mark, why in rows_among(_WHYS, [], hashes):
        found.setdefault(hashes[str(mark)], set()).add(why)
    return found


def hashes_of(places: Iterable[Place]) -> dict[str, Place]:
    """Return addresses by what is kept of them."""
    key = _key(conf.DATA())
    return {_hashed(each, key): each for each in places}


def hash_of(identity: Named | Place) -> str:
    """Return what is kept of an address."""
    place = identity.place if isinstance(identity, Named) else identity
    return _hashed(place, _key(conf.DATA()))


def _hashed(place: Place, key: bytes) -> str:
    return blake2b("\0".join(place).encode(), key=key, digest_size=32).hexdigest()


@cache
def _key(data: Path) -> bytes:
    path = data / "keys" / "suppressions"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made_once(path, lambda: secrets.token_bytes(32))
