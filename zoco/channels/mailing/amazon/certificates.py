"""The certificates that Amazon SNS signs with: from its own host alone, by the one door, and kept.

Whoever is not proved yet names one, so few are asked for: a name is asked for once in five minutes, and no
more than eight names meanwhile.
"""

import re
import threading
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate
from django.utils.translation import gettext_noop

from zoco.channels.contract import ListenLater, ListenRefused
from zoco.kit import http

NAME = re.compile(r"/(SimpleNotificationService-[0-9a-f]{32}\.pem)\Z")
KEPT = timedelta(days=1)
AGAIN = timedelta(minutes=5)
MOST = 8
_LIMITS = http.Limits(seconds=5.0, size=20_000, redirects=0)
_lock = threading.Lock()
_kept: dict[str, tuple[datetime, Certificate | None]] = {}


def key_of(named: str, *, region: str, at: str, now: datetime) -> RSAPublicKey:
    """Return the key of a certificate that a notice names. Raises ListenRefused, ListenLater."""
    parts = urlsplit(named)
    found = NAME.match(parts.path)
    is_theirs = (parts.scheme, parts.netloc) == ("https", f"sns.{region}.amazonaws.com")
    if not is_theirs or found is None or parts.query or parts.fragment:
        raise ListenRefused(gettext_noop("It names a certificate that is not Amazon's."))
    certificate = _certificate(at + found[1], now)
    key = certificate.public_key()
    is_valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if not is_valid or not isinstance(key, RSAPublicKey):
        raise ListenRefused(gettext_noop("It names a certificate that is not Amazon's."))
    return key


def _certificate(url: str, now: datetime) -> Certificate:
    words = gettext_noop("Amazon's certificate cannot be had now: %(why)s")
    with _lock:
        for each, (asked_at, kept) in list(_kept.items()):
            if now - asked_at >= (KEPT if kept else AGAIN):
                del _kept[each]
        if url not in _kept:
            if len(_kept) >= MOST:
                raise ListenLater(words, why="…")
            _kept[url] = (now, _fetched(url))
        found = _kept[url][1]
    if found is None:
        raise ListenLater(words, why=url)
    return found


def _fetched(url: str) -> Certificate | None:
    try:
        answer = http.fetch(url, limits=_LIMITS)
        return load_pem_x509_certificate(answer.body) if answer.status == 200 else None
    except (http.FetchFailed, http.AddressRefused, ValueError):
        return None
