"""What a format of costs is: the headings that its program writes, and what its rows leave unsaid."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from django_stubs_ext import StrOrPromise

from zoco.kit.plugs import Registry

Target = Literal[
    "on", "until", "campaign", "creative", "amount", "impressions", "clicks", "currency", "account",
    "source", "medium",
]  # fmt: skip
TARGETS: tuple[Target, ...] = (
    "on", "until", "campaign", "creative", "amount", "impressions", "clicks", "currency", "account",
    "source", "medium",
)  # fmt: skip
NEEDED: tuple[Target, ...] = ("on", "campaign", "amount")
Days = Literal["dmy", "mdy"]
Headings = Mapping[Target, tuple[str, ...]]
_CURRENCY = re.compile(r"\s*\(([a-z]{3})\)\Z")
TOTALS = ("total", "totals", "итого", "всего", "totales", "gesamt", "合计", "总计", "©", "(c)")
"""A row that has no day and begins with one of these adds up others, or is a footer."""


class CostFormat:
    """One program's files. Headings are written in small letters, without a currency in brackets.

    `documented` are headings that the program's own documentation names, `inferred` those that files and
    programs of others show; a file may bear either. `telling` are sets of headings: a file that has all of
    one set is this program's, if no other format has more of them. What rows do not say, `source` and
    `medium` are taken for: they decide with which visits and in which channel costs stand.
    """

    key: ClassVar[str]
    label: ClassVar[StrOrPromise]
    documented: ClassVar[Headings] = {}
    inferred: ClassVar[Headings] = {}
    telling: ClassVar[tuple[frozenset[str], ...]] = ()
    source: ClassVar[str] = ""
    medium: ClassVar[str] = ""
    days: ClassVar[Days] = "dmy"
    """How 03/04/2026 is read where the file itself does not tell."""
    spans: ClassVar[Mapping[str, str]] = {}
    """Headings of a first day, each with that of the last: such a row may be about more than a day."""

    def headings(self, target: Target) -> tuple[str, ...]:
        """Return what a column may be called, the likeliest first."""
        return (*self.documented.get(target, ()), *self.inferred.get(target, ()))

    def told_by(self, columns: Iterable[str]) -> int:
        """Return how many telling headings of this program there are, 0 where it is not its file."""
        there = {heading_plain(each) for each in columns}
        return max((len(some) for some in self.telling if some <= there), default=0)

    def mapped(self, columns: Sequence[str]) -> dict[str, str]:
        """Return what each column becomes: a target, or "out"."""
        plain = {key: heading_plain(key) for key in columns}
        mapping = dict.fromkeys(columns, "out")
        for target in TARGETS:
            for heading in self.headings(target):
                key = next((key for key in columns if plain[key] == heading and mapping[key] == "out"), None)
                if key is not None:
                    mapping[key] = target
                    break
        starts = next((plain[key] for key, target in mapping.items() if target == "on"), "")
        ends = self.spans.get(starts, "")
        return {
            key: "out" if target == "until" and plain[key] != ends else target
            for key, target in mapping.items()
        }


FORMATS: Registry[CostFormat] = Registry("format of costs")


def heading_plain(text: str) -> str:
    """Return a heading as it is compared: "Amount spent (EUR)" is "amount spent"."""
    return _CURRENCY.sub("", " ".join(text.replace("\ufeff", "").split()).casefold())


def currency_of(text: str) -> str:
    """Return the currency that a heading names in brackets, "" for none."""
    found = _CURRENCY.search(" ".join(text.split()).casefold())
    return found[1].upper() if found else ""


def format_of(columns: Sequence[str]) -> CostFormat:
    """Return the format of which most telling headings are there; the generic one where none is."""
    return max(FORMATS, key=lambda each: (each.told_by(columns), each.key == "generic"))


def headings_all() -> dict[str, Target]:
    """Return every heading that any format knows, with what its column is."""
    return {heading: target for each in FORMATS for target in TARGETS for heading in each.headings(target)}
