"""Addresses that are not written to. Of each only a keyed hash is kept, so that it outlives its person.

The key lies in keys/, outside every backup of the database: without it nobody can try addresses out.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from zoco.consent.models import Suppression
from zoco.kit import conf, noting
from zoco.kit.files import made_once
from zoco.kit.reading import rows_among
from zoco.people.identities import Named

Place = tuple[str, str, str]
_WHYS = "SELECT hash, why FROM zoco_consent_suppression WHERE hash = ANY_OF"
NOT_EVEN_NEEDED = (Suppression.Why.DEAD,)
"""Why an address gets nothing, whatever it is for."""


def suppress(*, identity: Named | Place, why: Suppression.Why, at: datetime) -> Suppression:
    """Keep an address from being written to; a second time changes nothing."""
    return Suppression.objects.get_or_create(hash=hash_of(identity), why=why, defaults={"at": at})[0]


def unsuppress(*, identity: Named | Place, why: Suppression.Why) -> int:
    """Let an address be written to again as far as this reason goes; returns how many rows went."""
    return Suppression.objects.filter(hash=hash_of(identity), why=why).delete()[0]


def suppressed_put(*, identity: Named | Place, reason: str, at: datetime, by: Any) -> Suppression:
    """Suppress an address by hand; the log of changes is told, of the address by a part of its hash alone."""
    made = suppress(identity=identity, why=Suppression.Why.BY_HAND, at=at)
    _note("created", made.hash, {"why": [None, made.why], "reason": [None, reason]}, by)
    return made


def suppressed_lift(*, identity: Named | Place, why: Suppression.Why, reason: str, by: Any) -> int:
    """Lift one reason by hand; returns how many rows went. What the person wants is asked all the same."""
    gone = unsuppress(identity=identity, why=why)
    if gone:
        _note("deleted", hash_of(identity), {"why": [str(why), None], "reason": [None, reason]}, by)
    return gone


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
