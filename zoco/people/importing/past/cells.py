"""Reads what somebody did off the cells of a row: what, when, by which letter and along which link.

A row says it in one cell ("opened") with its moment in another, or has a column of moments for each deed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from zoco.kit.masks import masked
from zoco.kit.said import Said
from zoco.people.attributes import value_read
from zoco.people.importing.files.moments import moment_plain
from zoco.people.importing.past.deeds import DEEDS, Deed, deed_of

AT = "did."
"""Before the key of a deed: a column of its moments."""
PAST = re.compile(r"did(?:_at|\.\w+)?\Z")
"""What columns become that tell of the past; letter and link alone tell nothing."""
LETTER_LONGEST, LINK_LONGEST = 200, 300


class PastWrong(Said, ValueError):
    """What a row says of the past cannot be taken."""


@dataclass(slots=True)
class Past:
    """What a row tells that somebody did, each with its moment."""

    word: str = ""
    at: datetime | None = None
    letter: str = ""
    link: str = ""
    deeds: list[tuple[Deed, datetime]] = field(default_factory=list)


Taker = Callable[[Past, str], None]


class PastCells:
    """Takers of cells. `now` is when the file came; `deed` and `letter` hold where no cell says it."""

    def __init__(self, *, now: datetime, deed: str = "", letter: str = "") -> None:
        self.now, self.letter = now, letter
        self.deed = DEEDS.get(deed) if deed and deed in DEEDS else None

    def taker(self, target: str) -> Taker | None:
        """Return what takes the cells of a column; None where it is not of the past."""
        if target.startswith(AT) and (key := target.removeprefix(AT)) in DEEDS:
            return self._moments(DEEDS.get(key))
        found: dict[str, Taker] = {
            "did": _word, "did_at": self._at, "letter": _letter, "did_link": _link,
        }  # fmt: skip
        return found.get(target)

    def close(self, past: Past) -> None:
        """Bring what and when together. Raises PastWrong for what is told by halves."""
        deed = deed_of(past.word) if past.word else self.deed
        if past.word and deed is None:
            raise PastWrong(gettext_noop("Nothing is kept of the activity %(word)s."), word=past.word[:40])
        if past.at is None and past.word:
            raise PastWrong(gettext_noop("It says what somebody did, and not when."))
        if past.at is not None:
            if deed is None:
                raise PastWrong(gettext_noop("It says when somebody did something, and not what."))
            past.deeds.append((deed, past.at))
        past.letter = past.letter or self.letter

    def _moments(self, deed: Deed) -> Taker:
        def take(past: Past, value: str) -> None:
            past.deeds.append((deed, self._moment(value)))

        return take

    def _at(self, past: Past, value: str) -> None:
        past.at = self._moment(value)

    def _moment(self, value: str) -> datetime:
        at = datetime.fromisoformat(str(value_read("moment", moment_plain(value))))
        if at > self.now:
            raise PastWrong(gettext_noop("%(value)s is still to come."), value=value[:40])
        return at


def _word(past: Past, value: str) -> None:
    past.word = value


def _letter(past: Past, value: str) -> None:
    past.letter = str(value_read("text", value))[:LETTER_LONGEST]


def _link(past: Past, value: str) -> None:
    """Take where a link leads, without what followed it: programs put marks of the person there."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return
    if parts.scheme in ("http", "https") and host:
        past.link = f"{parts.scheme}://{host}{masked(parts.path)}"[:LINK_LONGEST]
