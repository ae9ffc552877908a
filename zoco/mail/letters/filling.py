"""How a part of a letter is filled in for one reader: each thing asked for once, wherever it stands.

A letter greets its reader by the same few values in many places. Where nothing depends on conditions or
loops the text is a row of pieces with places in it, and Jinja sees the placeholders alone; else it sees all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jinja2 import Template

from zoco.mail.letters.placeholders import Sandbox

BETWEEN = "\0"
"""Stands between values; quoted-printable writes it as =00."""


class Filling(Protocol):
    """A part of a letter that is ready for its readers: a template of Jinja is one."""

    def generate(self, values: Mapping[str, Any], /) -> Iterable[str]:
        """Return its pieces for a reader."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Pieces, some of them places (index of a piece, number of what is asked for)."""

    pieces: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    asked: Template

    def generate(self, values: Mapping[str, Any], /) -> Iterable[str]:
        """Return the pieces for a reader."""
        said = "".join(self.asked.generate(values)).split(BETWEEN)
        pieces = list(self.pieces)
        for at, number in self.places:
            pieces[at] = said[number]
        return pieces


def filling_of(pieces: list[str], marks: Mapping[int, str], sandbox: Sandbox) -> Filling:
    """Return what fills in pieces; `marks` are those that are placeholders, by index."""
    if any(not mark.startswith("{{") for mark in marks.values()):
        return sandbox.from_string("".join(pieces))
    numbers: dict[str, int] = {}
    places = tuple((at, numbers.setdefault(mark, len(numbers))) for at, mark in marks.items())
    return Slots(tuple(pieces), places, sandbox.from_string(BETWEEN.join(numbers)))
