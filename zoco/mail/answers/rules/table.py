"""What a rule is, and how its pattern is compared with what a server said."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from zoco.mail.answers.kinds import Reason

GAP_MOST = 90
"""Characters that may stand for a star."""
PLACES_MOST = 50
_ADDRESS = re.compile(r"<?[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}>?")
_WEB = re.compile(r"https?://([\w.-]{1,255})[^\s<>\"')\]]*", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}\.? ?\[[\da-fA-F.:]{3,45}\]")
_CODES = re.compile(r"(?<![^\s(:;,#>])[245]\d\d(?:[- ]|(?=\s|$))(?:\(?#?[245]\.\d{1,3}\.\d{1,3}\)?)?")
_SECTION = re.compile(r"\[(\w+)\] (.+)")
_NAMED = re.compile(r"= (\w+): (.+)")
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " ", "_": " "})


class Rule(NamedTuple):
    """One line of a table: pieces of text parted by ` * ` that stand in this order, near each other."""

    pattern: str
    reason: Reason
    source: str


def load(name: str) -> tuple[Rule, ...]:
    """Return the rules of a table: `[reason] source` above the patterns that it is true of."""
    found: list[Rule] = []
    for (reason, source), line in _lines(name):
        found.append(Rule(line, Reason(reason), source))
    return tuple(found)


def patterns(name: str, section: str) -> tuple[str, ...]:
    """Return the patterns of one section of a table."""
    return tuple(line for (key, _about), line in _lines(name) if key == section)


def _lines(name: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Give each line of a table with its section."""
    section, named = ("", ""), ("", [""])
    text = (Path(__file__).parent / f"{name}.txt").read_text("utf-8")
    for line in text.splitlines():
        if match := _SECTION.fullmatch(line):
            section = (match[1], match[2])
        elif match := _NAMED.fullmatch(line):
            named = (f"<{match[1]}>", match[2].split(", "))
        elif line.strip() and not line.startswith("#"):
            words = named[1] if named[0] and named[0] in line else [""]
            yield from ((section, line.replace(named[0] or "\n", word)) for word in words)


def simplified(text: str) -> str:
    """Return a text as patterns see it: lower case, one space, no reply codes, `@` for each address.

    Names of servers and paths of web pages go: a server called antispam says nothing about spam.
    """
    text = _HOST.sub("mx", _WEB.sub(r"\1", text))
    text = _ADDRESS.sub("@", text.translate(_QUOTES))
    return f" {_SPACE.sub(' ', _CODES.sub(' ', text)).strip().lower()} "


class Table:
    """Rules in their order, ready to be asked."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._pieces = [(*_pieces(rule.pattern), rule) for rule in self.rules]

    def first(self, text: str) -> Rule | None:
        """Return the first rule that fits a simplified text. Linear in the text."""
        for first, others, rule in self._pieces:
            if first in text and (not others or _follow(first, others, text)):
                return rule
        return None


class Words:
    """Patterns without reasons, ready to be asked."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._pieces = [(*_pieces(pattern), pattern) for pattern in patterns]

    def first(self, text: str) -> str:
        """Return the first pattern that fits a simplified text; empty if none does."""
        for first, others, pattern in self._pieces:
            if first in text and (not others or _follow(first, others, text)):
                return pattern
        return ""


def _pieces(pattern: str) -> tuple[str, list[str]]:
    first, *others = pattern.split(" * ")
    return first, others


def _follow(first: str, others: list[str], text: str) -> bool:
    """Tell whether the pieces follow each other, from one of the first places where the first one stands."""
    at = text.find(first)
    for _time in range(PLACES_MOST):
        if at < 0:
            return False
        end = at + len(first)
        for piece in others:
            found = text.find(piece, end, end + GAP_MOST + len(piece))
            if found < 0:
                break
            end = found + len(piece)
        else:
            return True
        at = text.find(first, at + 1)
    return False
