"""Who signs what leaves: the signer of a domain, made once and asked for with every message."""

import logging
import threading
import time
from collections.abc import Sequence
from email.utils import parseaddr
from functools import lru_cache

from django.db import connection

from zoco.channels.domains.dkim import CannotSign, Signer, SigningKey
from zoco.channels.domains.keys import unpacked
from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.domains.naming import domain_of, parents_of
from zoco.channels.sealing import SealBroken, opened

log = logging.getLogger(__name__)

KEPT_SECONDS = 30.0
"""How long a process signs as it did after another one changed a key; the old one's record stays for days."""
_lock = threading.Lock()
_kept: dict[str, tuple[float, Signer | None]] = {}
_made: dict[tuple[str, str], SigningKey] = {}


def signer_of(from_address: str) -> Signer | None:
    """Return what signs mail from an address; None where its domain has no key or is not to be signed.

    A domain without keys is signed for by the one that it lies in: news.shop.example by shop.example. Cheap
    to ask for every message. Raises CannotSign where there is a key that cannot be opened.
    """
    domain = domain_of(from_address)
    found = _kept.get(domain)
    if found is None or found[0] < time.monotonic():
        with _lock:
            found = _kept.get(domain)
            if found is None or found[0] < time.monotonic():
                found = (time.monotonic() + KEPT_SECONDS, _signer(domain))
                _kept[domain] = found
    return found[1]


def signature(pieces: Sequence[bytes], *, from_address: str = "") -> bytes:
    """Return what is to stand above a message: nothing where its sender's domain has no key.

    One piece is a message as it is, several are one as `Content.wire` has it. Raises CannotSign.
    """
    signer = signer_of(from_address or _sender(pieces[0]))
    if signer is None:
        return b""
    return signer.above_pieces(pieces) if len(pieces) > 1 else signer.above(pieces[0])


def signers_forget() -> None:
    """Ask the database again; call it after keys changed."""
    with _lock:
        _kept.clear()
        _made.clear()


def seal_name(key: DkimKey) -> str:
    """Return what the private half of a key is bound to."""
    return f"dkim {key.uid}"


def _signer(domain: str) -> Signer | None:
    """Ask the database; whoever sends in a thread without a connection is left without one."""
    was_open = connection.connection is not None
    try:
        return _signer_held(domain)
    finally:
        if not was_open:
            connection.close()


def _signer_held(domain: str) -> Signer | None:
    names = [domain, *parents_of(domain)]
    held = {each.name: each for each in SendingDomain.objects.filter(name__in=names)}
    keys: dict[int, list[DkimKey]] = {}
    for key in DkimKey.objects.filter(domain__in=held.values(), state=DkimKey.State.CURRENT).order_by(
        "-kind"
    ):
        keys.setdefault(key.domain_id, []).append(key)
    for name in names:
        found = held.get(name)
        if found is not None and not found.is_signing:
            return None
        if found is not None and keys.get(found.pk):
            return Signer(name, [_opened(each) for each in keys[found.pk]])
    return None


def _opened(key: DkimKey) -> SigningKey:
    known = _made.get((key.selector, key.secret))
    if known is None:
        try:
            private = unpacked(opened(key.secret, account=seal_name(key))["private"])
        except SealBroken as broken:
            log.warning("The key of a sending domain cannot be opened. key=%s", key.pk)
            raise CannotSign(str(broken)) from broken
        known = _made[(key.selector, key.secret)] = SigningKey(key.selector, private)
    return known


def _sender(raw: bytes) -> str:
    """Return the address of From of a message."""
    end = raw.find(b"\r\n\r\n")
    head = raw[:end] if end >= 0 else raw
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    for line in unfolded.split(b"\r\n"):
        if line[:5].lower() == b"from:":
            return _address(line[5:])
    return ""


@lru_cache(maxsize=64)
def _address(said: bytes) -> str:
    return parseaddr(said.decode("utf-8", "replace"))[1]
