"""How a letter is filled in for one reader: each thing asked for once, wherever it stands.

A letter greets its reader by the same few values in many places, of its subject, its text and its HTML.
Where nothing depends on conditions or loops all three are rows of pieces with places in them, and Jinja sees
the placeholders alone; else it sees all. What readers share is not copied: pieces are handed on as they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext_noop
from jinja2 import Template

from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.letters.placeholders import sandbox

BETWEEN = "\0"
"""Stands between values, in which it stands for no letter of any script."""
NOTHING_THERE = "\ufffd"
SIZE_MOST = 2_000_000
"""Octets of a rendered part."""
PLACES_MANY = 200
"""So many placeholders, each of a value as long as may be, stay below that."""
Form = Callable[[object], str]


class Part(NamedTuple):
    """A subject, text or HTML: `marks` are the pieces that are placeholders, by index.

    `form` says how a value stands in it.
    """

    pieces: Sequence[str]
    marks: Mapping[int, str]
    form: Form


class Filled(NamedTuple):
    """A letter for one reader, its text and HTML in pieces."""

    subject: str
    text: Sequence[bytes]
    html: Sequence[bytes]


class Filling(Protocol):
    """A letter that is ready for its readers."""

    def subject(self, values: Mapping[str, Any], /) -> str:
        """Return the subject for a reader."""

    def filled(self, values: Mapping[str, Any], /) -> Filled:
        """Return all for a reader. Raises LetterWrong."""


class Slotted:
    """Pieces with places (index of a piece, number of what is asked for)."""

    def __init__(self, part: Part, numbers: dict[str, int]) -> None:
        self.pieces = [each.encode() for each in part.pieces]
        self.places = [(at, numbers.setdefault(mark, len(numbers))) for at, mark in part.marks.items()]
        self.asked = {number for _at, number in self.places}
        self.form = part.form

    def filled(self, said: Sequence[str]) -> list[bytes]:
        """Return the pieces; what was asked for comes in its order."""
        formed = {number: self.form(said[number]).encode() for number in self.asked}
        pieces = self.pieces.copy()
        for at, number in self.places:
            pieces[at] = formed[number]
        return pieces


class Slots:
    """A letter that depends on values alone."""

    def __init__(self, subject: Part, text: Part, html: Part) -> None:
        numbers: dict[str, int] = {}
        self._subject, self._text, self._html = (Slotted(each, numbers) for each in (subject, text, html))
        self._asked = sandbox(_plain).from_string(BETWEEN.join(numbers))
        self._is_small = len(self._text.places) + len(self._html.places) <= PLACES_MANY

    def subject(self, values: Mapping[str, Any], /) -> str:
        """Return the subject for a reader."""
        return b"".join(self._subject.filled(self._said(values))).decode()

    def filled(self, values: Mapping[str, Any], /) -> Filled:
        """Return all for a reader. Raises LetterWrong."""
        said = self._said(values)
        text, html = self._text.filled(said), self._html.filled(said)
        if not self._is_small:
            _held(text)
            _held(html)
        return Filled(b"".join(self._subject.filled(said)).decode(), text, html)

    def _said(self, values: Mapping[str, Any]) -> list[str]:
        return "".join(self._asked.generate(values)).split(BETWEEN)


@dataclass(frozen=True, slots=True)
class Flowing:
    """A letter with conditions or loops: each part is a program."""

    parts: tuple[Template, Template, Template]

    def subject(self, values: Mapping[str, Any], /) -> str:
        """Return the subject for a reader."""
        return self.parts[0].render(values)

    def filled(self, values: Mapping[str, Any], /) -> Filled:
        """Return all for a reader. Raises LetterWrong."""
        _subject, text, html = self.parts
        pieces = [_held(each.encode() for each in part.generate(values)) for part in (text, html)]
        return Filled(self.subject(values), *pieces)


def filling_of(subject: Part, text: Part, html: Part) -> Filling:
    """Return what fills in a letter."""
    parts = (subject, text, html)
    if all(mark.startswith("{{") for part in parts for mark in part.marks.values()):
        return Slots(*parts)
    return Flowing((_program(subject), _program(text), _program(html)))


def _program(part: Part) -> Template:
    """Return a part as a program of Jinja, in which a brace of the writer's begins nothing."""
    source = [
        each if at in part.marks else each.replace("{", "{{ '{' }}") for at, each in enumerate(part.pieces)
    ]
    return sandbox(part.form).from_string("".join(source))


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else str(value)
    return text.replace(BETWEEN, NOTHING_THERE) if BETWEEN in text else text


def _held(pieces: Iterable[bytes]) -> list[bytes]:
    """Return pieces, up to a size. Raises LetterWrong."""
    out: list[bytes] = []
    size = 0
    for each in pieces:
        size += len(each)
        if size > SIZE_MOST:
            words = gettext_noop("The letter grows beyond %(most)s octets; shorten its loops.")
            raise LetterWrong(words, most=SIZE_MOST)
        out.append(each)
    return out
