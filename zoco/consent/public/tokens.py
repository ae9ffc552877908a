"""Tokens of unsubscribing: `<person>.<topic>.<day>.<message>.<signature>`, made and read without a query.

The signature is HMAC-SHA256, cut to 128 bits, with a key of its own in keys/: a new SECRET_KEY must not break
the links in letters that lie in mailboxes.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from zoco.kit import conf
from zoco.kit.files import made_once

HOLDS_DAYS = 3_653
"""Ten years: letters are kept, and whoever finds an old one may leave by it."""
LONGEST = 200
_SAID = r"([1-9]\d{0,17})\.((?:[a-z][a-z0-9-]{0,39})?)\.([1-9]\d{0,6})\.([A-Za-z0-9-]{0,64})"
_WHAT = re.compile(_SAID, re.ASCII)
_TOKEN = re.compile(_SAID + r"\.([\w-]{22})", re.ASCII)


class LinkWrong(ValueError):
    """A token is forged, cut or too old."""


class Leaving(NamedTuple):
    """What a token says; no topic means all marketing. `message` names the letter, where it is known."""

    person: int
    topic: str
    message: str


class Links:
    """Make addresses of unsubscribing for many people; make it once, it holds its key and day.

    `base` is the public address of the installation, such as https://zoco.shop.example.
    """

    def __init__(self, *, on: date, base: str = "") -> None:
        root = (base or settings.WAGTAILADMIN_BASE_URL).rstrip("/")
        self._root = root + reverse("zoco_unsubscribe", args=["0"])[:-1]
        self._day = on.toordinal()
        self._key = _key(conf.DATA())

    def unsubscribe(self, *, person: int, topic: str = "", message: str = "") -> str:
        """Return the one-click address for List-Unsubscribe (RFC 8058); opened with GET it is the page.

        `message` is a name of the letter for the proof: letters, digits and -, at most 64.
        """
        said = f"{person:d}.{topic}.{self._day:d}.{message}"
        if not _WHAT.fullmatch(said):
            raise ValueError("A topic is named by its key, a message by at most 64 letters, digits and -.")
        return f"{self._root}{said}.{_signature(said, self._key)}"


def opened(token: str, *, on: date) -> Leaving:
    """Return what a token says. Raises LinkWrong."""
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
    if found is None:
        raise LinkWrong("It has not the form of a token.")
    person, topic, day, message, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(token.rpartition(".")[0], _key(conf.DATA()))):
        raise LinkWrong("It is not signed with the key of this installation.")
    if on.toordinal() > int(day) + HOLDS_DAYS:
        raise LinkWrong("It is too old.")
    return Leaving(int(person), topic, message)


def _signature(said: str, key: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")[:16]).decode().rstrip("=")


@cache
def _key(data: Path) -> bytes:
    path = data / "keys" / "unsubscribing"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made_once(path, lambda: secrets.token_bytes(32))
