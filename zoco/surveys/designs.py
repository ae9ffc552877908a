"""What a survey asks: questions with their words by language, options, brands. Kept as JSON.

Questions are frozen when a survey begins: answers to other words are answers to another question. Only the
names by which a brand is counted may change later, for what was written is kept and counted anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext, gettext_noop

from zoco.kit.said import Said

KEY = re.compile(r"[a-z][a-z0-9-]{0,31}")
QUESTIONS_MOST, OPTIONS_MOST, BRANDS_MOST, NAMES_MOST = 20, 20, 50, 20
WORDS_LONGEST, OPTION_LONGEST, BRAND_LONGEST, TEXT_LONGEST = 300, 120, 60, 2_000
NPS, CSAT, UNAIDED, AIDED, SINGLE, MULTIPLE, FREE = (
    "nps", "csat", "unaided", "aided", "single", "multiple", "text",
)  # fmt: skip
KINDS = (NPS, CSAT, UNAIDED, AIDED, SINGLE, MULTIPLE, FREE)
Kind = Literal["nps", "csat", "unaided", "aided", "single", "multiple", "text"]
SCALES: Mapping[str, range] = {NPS: range(11), CSAT: range(1, 6)}
CHOSEN = (AIDED, SINGLE, MULTIPLE)
"""Kinds that have options; of `aided` and `multiple` several may be ticked."""
WRITTEN = (UNAIDED, FREE)


class DesignWrong(Said, ValueError):
    """A survey cannot be run like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, and by which other names it is counted."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `words` and `options` are by language; an option is known by its place, from 1."""

    key: Annotated[str, msgspec.Meta(pattern=r"^q\d{1,2}\Z")]
    kind: Kind
    words: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    brands: tuple[Brand, ...] = ()
    is_needed: bool = False

    def said(self, language: str) -> str:
        """Return its words in a language, those of the first language where it has none."""
        return self.words.get(language) or next(iter(self.words.values()), "")

    def options_said(self, language: str) -> list[tuple[str, str]]:
        """Return (key, words) of its options."""
        own = self.options.get(language) or next(iter(self.options.values()), [])
        return [(str(number), each) for number, each in enumerate(own, 1)]

    @property
    def ends(self) -> str:
        """What the ends of its scale mean, in the language in force."""
        if self.kind == NPS:
            return gettext("0: not at all likely, 10: extremely likely")
        return gettext("1: very dissatisfied, 5: very satisfied") if self.kind == CSAT else ""

    @property
    def keys(self) -> list[str]:
        """What may be answered where there are options or a scale."""
        if self.kind in SCALES:
            return [str(each) for each in SCALES[self.kind]]
        return [key for key, _words in self.options_said("")]


def questions_read(kept: Any) -> tuple[Question, ...]:
    """Return questions as they were kept."""
    return msgspec.convert(kept, tuple[Question, ...])


def kept_of(questions: Iterable[Question]) -> list[Any]:
    """Return them as they are kept."""
    found: list[Any] = msgspec.to_builtins(list(questions))
    return found


def numbered(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Give each question a key by its place."""
    return tuple(replace(each, key=f"q{number}") for number, each in enumerate(questions, 1))


def questions_check(questions: Sequence[Question]) -> None:
    """Raise DesignWrong where nobody could be asked like this."""
    if not 1 <= len(questions) <= QUESTIONS_MOST:
        words = gettext_noop("A survey asks 1 to %(most)s questions.")
        raise DesignWrong(words, most=QUESTIONS_MOST)
    for number, each in enumerate(questions, 1):
        _question_check(each, number)


def _question_check(question: Question, number: int) -> None:
    if question.kind not in KINDS:
        words = gettext_noop("Question %(number)s is of no kind that there is.")
        raise DesignWrong(words, number=number)
    if not any(question.words.values()):
        raise DesignWrong(gettext_noop("Question %(number)s has no words; write them."), number=number)
    if any(len(each) > WORDS_LONGEST for each in question.words.values()):
        words = gettext_noop("Question %(number)s is longer than %(most)s characters.")
        raise DesignWrong(words, number=number, most=WORDS_LONGEST)
    if question.kind in CHOSEN:
        _options_check(question, number)
    if question.kind == UNAIDED:
        brands_check(question.brands, number)


def _options_check(question: Question, number: int) -> None:
    counts = {len(each) for each in question.options.values() if each}
    if not counts or min(counts) < 2 or max(counts) > OPTIONS_MOST:
        words = gettext_noop("Question %(number)s wants 2 to %(most)s options, one a line.")
        raise DesignWrong(words, number=number, most=OPTIONS_MOST)
    if len(counts) > 1:
        words = gettext_noop(
            "Question %(number)s has more options in one language than in another; write the same ones in "
            "the same order."
        )
        raise DesignWrong(words, number=number)
    for some in question.options.values():
        if len({each.casefold() for each in some}) < len(some) or any(
            not each or len(each) > OPTION_LONGEST for each in some
        ):
            words = gettext_noop(
                "Options of question %(number)s are different from each other and have at most %(most)s "
                "characters."
            )
            raise DesignWrong(words, number=number, most=OPTION_LONGEST)


def brands_check(brands: Sequence[Brand], number: int) -> None:
    """Raise DesignWrong where brands cannot be counted."""
    if not 1 <= len(brands) <= BRANDS_MOST:
        words = gettext_noop("Question %(number)s wants 1 to %(most)s brands to count, one a line.")
        raise DesignWrong(words, number=number, most=BRANDS_MOST)
    names = [name.casefold() for each in brands for name in (each.name, *each.also)]
    if len(set(names)) < len(names):
        words = gettext_noop("Question %(number)s has the same name for a brand twice.")
        raise DesignWrong(words, number=number)
    is_long = any(len(each.also) > NAMES_MOST for each in brands)
    if is_long or any(not name or len(name) > BRAND_LONGEST for name in names):
        words = gettext_noop(
            "Question %(number)s: a brand has at most %(names)s other names, each of at most %(most)s "
            "characters."
        )
        raise DesignWrong(words, number=number, names=NAMES_MOST, most=BRAND_LONGEST)


def brands_of(lines: str) -> tuple[Brand, ...]:
    """Read brands, one a line: `Acme` or `Acme: acme inc, akme`."""
    found = []
    for line in lines.splitlines():
        name, _colon, also = line.partition(":")
        if name.strip():
            others = tuple(each.strip() for each in re.split(r"[,，;]", also) if each.strip())
            found.append(Brand(name.strip(), others))
    return tuple(found)


def brand_lines(brands: Iterable[Brand]) -> str:
    """Write brands as they are read."""
    return "\n".join(f"{each.name}: {', '.join(each.also)}" if each.also else each.name for each in brands)
