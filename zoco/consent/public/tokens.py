"""Tokens of unsubscribing: `<person>-<mark>.<topic>.<day>.<message>.<signature>`, made and read by no query.

The mark says who of all that ever had the number: after an older backup is restored they are given anew.

Those of preferences begin with `p.` and hold for a shorter time, for their page shows what somebody chose;
others are made by `signed` and read by `unsigned`. What each says begins differently, so that none passes for
another. The signature is HMAC-SHA256, cut to 128 bits, with a key of its own in keys/: a new SECRET_KEY must
not break the links in letters that lie in mailboxes.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from zoco.kit import conf
from zoco.kit.files import made_once
from zoco.kit.periods import micros
from zoco.people.models import Person

HOLDS_DAYS = 3_653
"""Ten years: letters are kept, and whoever finds an old one may leave by it."""
PREFERENCES_HOLD_DAYS = 400
LONGEST = 200
MARK = 6
"""36 bits: somebody else has the same by chance once in 70 thousand million."""
_WHO = rf"([1-9]\d{{0,17}})-([\w-]{{{MARK}}})"
_SAID = _WHO + r"\.((?:[a-z][a-z0-9-]{0,39})?)\.([1-9]\d{0,6})\.([A-Za-z0-9-]{0,64})"
_WHAT = re.compile(_SAID, re.ASCII)
_TOKEN = re.compile(_SAID + r"\.([\w-]{22})", re.ASCII)
_PREFERRING = re.compile(r"p\." + _WHO + r"\.([1-9]\d{0,6})\.([A-Za-z0-9-]{0,64})", re.ASCII)
_ASKING = re.compile(_PREFERRING.pattern.replace("p", "o", 1), re.ASCII)
_SIGNED = re.compile(r"([\w.-]{1,150})\.([\w-]{22})", re.ASCII)


class LinkWrong(ValueError):
    """A token is forged, cut or too old."""


class LinkOld(LinkWrong):
    """A link of ours that does not hold any more; of preferences, `meant` is whose they were."""

    def __init__(self, words: str, meant: "Preferring | None" = None) -> None:
        super().__init__(words)
        self.meant = meant


class LinkShared(LinkOld):
    """A link from a page that may have been handed on: a new one goes to the reader's own address."""


class Leaving(NamedTuple):
    """What a token says; no topic means all marketing. `message` names the letter, where it is known."""

    person: int
    mark: str
    topic: str
    message: str


class Preferring(NamedTuple):
    """What a token of preferences says."""

    person: int
    mark: str
    message: str


class Links:
    """Make addresses of letters for many people; make it once, it holds its key and day.

    `base` is the public address of the installation, such as https://zoco.shop.example.
    """

    def __init__(self, *, on: date, base: str = "") -> None:
        root = (base or settings.WAGTAILADMIN_BASE_URL).rstrip("/")
        self._root = root + reverse("zoco_unsubscribe", args=["0"])[:-1]
        self._preferences = root + reverse("zoco_preferences", args=["0"])[:-1]
        self._day = on.toordinal()
        self._key = _key(conf.DATA())
        self._marked: dict[int, str] = {}

    def unsubscribe(self, *, person: Person, topic: str = "", message: str = "") -> str:
        """Return the one-click address for List-Unsubscribe (RFC 8058); opened with GET it is the page.

        `message` is a name of the letter for the proof: letters, digits and -, at most 64.
        """
        said = f"{self._who(person)}.{topic}.{self._day:d}.{message}"
        if not _WHAT.fullmatch(said):
            raise ValueError("A topic is named by its key, a message by at most 64 letters, digits and -.")
        return f"{self._root}{said}.{_signature(said, self._key)}"

    def preferences(self, *, person: Person, message: str = "") -> str:
        """Return the address of the page on which this person chooses what to get."""
        return self._preferring("p", person, message)

    def preferences_asked(self, *, person: Person, message: str = "") -> str:
        """Return the address of a page that shows nothing and sends the link of preferences by letter."""
        return self._preferring("o", person, message)

    def _preferring(self, kind: str, person: Person, message: str) -> str:
        said = f"{kind}.{self._who(person)}.{self._day:d}.{message}"
        if not (_PREFERRING.fullmatch(said) or _ASKING.fullmatch(said)):
            raise ValueError("A message is named by at most 64 letters, digits and -.")
        return f"{self._preferences}{said}.{_signature(said, self._key)}"

    def _who(self, person: Person) -> str:
        who = self._marked.get(person.pk)
        if who is None:
            who = self._marked[person.pk] = f"{person.pk:d}-{_mark(person, self._key)}"
        return who


def person_mark(person: Person) -> str:
    """Return by what a token tells a person from another who got the same number."""
    return _mark(person, _key(conf.DATA()))


def _mark(person: Person, key: bytes) -> str:
    return _signature(f"person.{person.pk:d}.{micros(person.created_at):d}", key)[:MARK]


def signed(said: str) -> str:
    """Return a token that says this: letters, digits, _, . and -, at most 150."""
    token = f"{said}.{_signature(said, _key(conf.DATA()))}"
    if not _SIGNED.fullmatch(token):
        raise ValueError("A token says letters, digits, _, . and -, at most 150.")
    return token


def unsigned(token: str) -> str:
    """Return what a token says. Raises LinkWrong."""
    found = _SIGNED.fullmatch(token) if len(token) <= LONGEST else None
    if found is None:
        raise LinkWrong("It has not the form of a token.")
    said, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(said, _key(conf.DATA()))):
        raise LinkWrong("It is not signed with the key of this installation.")
    return said


def preferences_opened(token: str, *, on: date) -> Preferring:
    """Return whose preferences a token opens. Raises LinkOld, LinkShared, LinkWrong."""
    said = unsigned(token)
    if asking := _ASKING.fullmatch(said):
        raise LinkShared("It only asks for a link.", Preferring(int(asking[1]), asking[2], asking[4]))
    found = _PREFERRING.fullmatch(said)
    if found is None:
        raise LinkWrong("It is no token of preferences.")
    person, mark, day, message = found.groups()
    meant = Preferring(int(person), mark, message)
    if on.toordinal() > int(day) + PREFERENCES_HOLD_DAYS:
        raise LinkOld("It is too old.", meant)
    return meant


def token_mark(token: str) -> str:
    """Return by what a proof names a token: nobody can use it."""
    return sha256(token.encode()).hexdigest()[:16]


def is_recent(token: str, *, on: date) -> bool:
    """Return whether a token of unsubscribing that holds is new enough to lead to preferences as well."""
    return on.toordinal() <= int(token.split(".")[2]) + PREFERENCES_HOLD_DAYS


def opened(token: str, *, on: date) -> Leaving:
    """Return what a token says. Raises LinkWrong."""
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
    if found is None:
        raise LinkWrong("It has not the form of a token.")
    person, mark, topic, day, message, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(token.rpartition(".")[0], _key(conf.DATA()))):
        raise LinkWrong("It is not signed with the key of this installation.")
    if on.toordinal() > int(day) + HOLDS_DAYS:
        raise LinkWrong("It is too old.")
    return Leaving(int(person), mark, topic, message)


def _signature(said: str, key: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")[:16]).decode().rstrip("=")


@cache
def _key(data: Path) -> bytes:
    path = data / "keys" / "unsubscribing"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made_once(path, lambda: secrets.token_bytes(32))
