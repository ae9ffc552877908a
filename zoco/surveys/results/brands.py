"""Brands that came to mind: counted in what was written, by the names that the owner gives."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zoco.surveys.designs import Brand

UNMATCHED_MOST = 15
_PARTS = re.compile(r"[,;，、；\n]|\s+and\s+|\s+y\s+|\s+и\s+|和")
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Recalled:
    """How many named each brand, and named it first; what else was written, the most frequent first."""

    named: list[int]
    first: list[int]
    others: list[tuple[str, int]]


def plain(text: str) -> str:
    """Return text in which letters that mean the same are the same: width, case, marks, spaces."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def recalled(texts: Iterable[str], brands: Sequence[Brand]) -> Recalled:
    """Count brands; whoever names one twice counts once. Every text is of one person."""
    patterns = [_pattern(each) for each in brands]
    named, first = [0] * len(brands), [0] * len(brands)
    others: Counter[str] = Counter()
    for said, times in Counter(map(plain, texts)).items():
        found = [match.start() if (match := each.search(said)) else -1 for each in patterns]
        for number, at in enumerate(found):
            named[number] += times * (at >= 0)
        places = [(at, number) for number, at in enumerate(found) if at >= 0]
        if places:
            first[min(places)[1]] += times
        for part in {part.strip(" .!?\"'") for part in _PARTS.split(said)}:
            if part and not any(each.search(part) for each in patterns):
                others[part[:60]] += times
    frequent = sorted(others.items(), key=lambda each: (-each[1], each[0]))
    return Recalled(named, first, frequent[:UNMATCHED_MOST])


def _pattern(brand: Brand) -> re.Pattern[str]:
    """Return what finds a brand: whole words, and anywhere in scripts that write none apart."""
    found = []
    for name in map(plain, (brand.name, *brand.also)):
        if name:
            is_apart = not _SPACELESS.search(name)
            found.append(rf"(?<!\w){re.escape(name)}(?!\w)" if is_apart else re.escape(name))
    return re.compile("|".join(found) or r"(?!)")
