"""The address from which a letter leaves, so that what comes back names it even where nothing else does.

The number in it is the first 63 bits of the message's id. One HMAC; which account has a mailbox is asked
once in a while.
"""

import time
from datetime import date
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from zoco.channels.models import Message
from zoco.mail.answers import verp
from zoco.mail.inbox.models import Mailbox

KNOWN_SECONDS = 30.0
_SHIFT = 65
_places: dict[int, tuple[float, tuple[str, str]]] = {}


def verp_sender(message_uid: str | UUID, account: int, *, on: date) -> str:
    """Return the address for the envelope of a message; empty where the account has no mailbox."""
    before, domain = _place(account)
    if not domain:
        return ""
    number = UUID(str(message_uid)).int >> _SHIFT
    return verp.address(
        number=number, sent_on=on, key=_key(settings.SECRET_KEY), domain=domain, before_plus=before
    )


def message_returned(addresses: tuple[str, ...], *, today: date) -> Message | None:
    """Return the message that one of some addresses names and proves; None if none does."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        said = verp.first_opened(addresses, key=_key(secret), today=today)
        if said is not None:
            least, most = UUID(int=said.number << _SHIFT), UUID(int=((said.number + 1) << _SHIFT) - 1)
            return Message.objects.filter(uid__gte=least, uid__lte=most).order_by("pk").first()
    return None


def forget() -> None:
    """Ask anew which accounts have a mailbox."""
    _places.clear()


def _place(account: int) -> tuple[str, str]:
    asked_at, found = _places.get(account, (0.0, ("", "")))
    now = time.monotonic()
    if not asked_at or now - asked_at > KNOWN_SECONDS:
        boxes = Mailbox.objects.filter(accounts=account, is_on=True).exclude(bounce_address="")
        address = boxes.order_by("pk").values_list("bounce_address", flat=True).first() or ""
        before, _at, domain = address.rpartition("@")
        found = (before, domain)
        _places[account] = (now, found)
    return found


@lru_cache(maxsize=8)
def _key(given: str | bytes) -> bytes:
    raw = given if isinstance(given, bytes) else given.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zoco.mail: addresses for bounces").derive(
        raw
    )
