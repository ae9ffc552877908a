"""What a row of a file says, and what was said of all of its rows."""

from dataclasses import dataclass, field
from datetime import datetime

from zoco.kit.said import Said
from zoco.people.attributes import Value
from zoco.people.identities import Named
from zoco.people.importing.files.numbers import Sign
from zoco.people.importing.past.cells import Past
from zoco.people.importing.permission import Word
from zoco.people.writing import Incoming

NOTHING = "-"
"""Chosen for permission: the file says nothing of it."""
STRICT = ("withdrawn", "dead", "blocked")
SINCE = "known_since"
"""Key of the own field that says since when somebody is known: the earliest moment of all files."""


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for all rows. `topic` is what people agreed to: NOTHING, a topic, or "" for all.

    `decimal` is the sign before decimals; `deed` and `letter` are what rows tell of the past without a word.
    """

    is_only_blank: bool = False
    tag: str = ""
    space: str = "import"
    country: str = ""
    topic: str = NOTHING
    where: str = ""
    agreed_on: str = ""
    decimal: Sign = ""
    deed: str = ""
    letter: str = ""


@dataclass(slots=True)
class Made:
    """What a row says: of a person, of permission by topic, and what to note."""

    line: int
    table: int
    identities: list[Named] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    words: dict[str, Word] = field(default_factory=dict)
    given_at: datetime | None = None
    left_at: datetime | None = None
    address: str = ""
    since: datetime | None = None
    why: list[str] = field(default_factory=list)
    left_letter: str = ""
    past: Past = field(default_factory=Past)
    wrong: Said | None = None

    @property
    def incoming(self) -> Incoming:
        """Return what people are written from."""
        named = tuple(dict.fromkeys(self.identities))
        return Incoming(named, self.fields, self.attributes, tuple(self.tags), earliest=(SINCE,))

    @property
    def strict(self) -> "Made | None":
        """Return what counts of a refused row: its addresses, where it leaves or is dead."""
        words = {topic: word for topic, word in self.words.items() if word in STRICT}
        emails = [each for each in self.identities if each.kind == "email"]
        if not words or not emails:
            return None
        return Made(
            self.line, self.table, emails[:1], words=words, left_at=self.left_at, why=self.why,
            left_letter=self.left_letter,
        )  # fmt: skip
