"""Salts and keys that several machines agree upon, through the PostgreSQL that they share.

Each secret is a row, sealed with Django's SECRET_KEY (the same on all machines, and in no backup of the
database): the first machine that writes it wins, the others take what it wrote. A day's row goes when
its salt goes. With SQLite there is one machine, and nothing to agree upon.
"""

import logging
from collections.abc import Collection
from functools import cache

from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from zoco.sites.models import SharedKey

log = logging.getLogger(__name__)


def agreed(key_name: str, name: str, own: str) -> str:
    """Return the secret that all machines use, in hexadecimal; `own` is offered where there is none.

    "" for `own` only asks; the answer is "" then where nobody has offered one.
    """
    if connection.vendor != "postgresql":
        return own
    if own:
        SharedKey.objects.bulk_create([_sealed(key_name, name, own)], ignore_conflicts=True)
    row = SharedKey.objects.filter(site_key=key_name, name=name).first()
    if row is None:
        return own
    opened = _opened(row)
    if not opened:
        _say_unreadable(key_name, name)
    return opened or own


def forget(key_name: str, *, but: Collection[str] = ()) -> None:
    """Delete a site's rows, but for those named."""
    if connection.vendor == "postgresql":
        SharedKey.objects.filter(site_key=key_name).exclude(name__in=but).delete()


def forget_one(key_name: str, name: str) -> None:
    """Delete one row of a site."""
    if connection.vendor == "postgresql":
        SharedKey.objects.filter(site_key=key_name, name=name).delete()


def _sealed(key_name: str, name: str, secret: str) -> SharedKey:
    raw = bytes.fromhex(secret)
    row = SharedKey(site_key=key_name, name=name, sealed=_mixed(raw, key_name, name))
    row.proof = _proof(row, secret)
    return row


def _opened(row: SharedKey) -> str:
    """Return the secret, "" when it was sealed with another SECRET_KEY."""
    secret = _mixed(bytes.fromhex(row.sealed), row.site_key, row.name)
    return secret if constant_time_compare(row.proof, _proof(row, secret)) else ""


def _mixed(raw: bytes, key_name: str, name: str) -> str:
    """Seal or open up to 32 bytes: a pad that is used once, for the pair of names is met but once."""
    pad = salted_hmac("zoco.sites.shared", f"{key_name}/{name}", algorithm="sha256").digest()
    return bytes(one ^ other for one, other in zip(raw, pad[: len(raw)], strict=True)).hex()


def _proof(row: SharedKey, secret: str) -> str:
    said = f"{row.site_key}/{row.name}/{secret}"
    return salted_hmac("zoco.sites.shared.proof", said, algorithm="sha256").hexdigest()[:32]


@cache
def _say_unreadable(key_name: str, name: str) -> None:
    """Say it once in a process."""
    log.error(
        "A key that another machine shares cannot be opened: SECRET_KEY (or keys/secret_key) is not the "
        "same on all machines, so visitors who change machines count twice. site_key=%s name=%s",
        key_name,
        name,
    )
