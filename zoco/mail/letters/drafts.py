"""What somebody wrote: one letter in one language, as it is kept, before anything is made of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_noop

from zoco.kit.said import Said

Kind = Literal["blocks", "mjml", "html"]
Value = Mapping[str, Any]
_WRITTEN = {
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
}
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


class LetterWrong(Said, ValueError):
    """Nothing can be made of a letter as it is; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and letters that all blocks share; colours as #rrggbb."""

    accent: str = "#1f5f5b"
    ground: str = "#f4f4f2"
    sheet: str = "#ffffff"
    ink: str = "#1d1d1b"
    font: str = "Helvetica, Arial, sans-serif"

    def __post_init__(self) -> None:
        """Hold the colours to their form, for they go into style sheets."""
        for name in ("accent", "ground", "sheet", "ink"):
            if not COLOUR.match(getattr(self, name)):
                raise LetterWrong(
                    gettext_noop("%(colour)r is no colour; write it such as #1f5f5b."),
                    colour=getattr(self, name),
                )
        if not re.fullmatch(r"[\w ,'-]{1,120}", self.font):
            raise LetterWrong(gettext_noop("%(font)r is no list of fonts."), font=self.font)


@dataclass(frozen=True, slots=True)
class Draft:
    """One language of a letter: `blocks` when it is made of these, `source` when somebody brought his own."""

    subject: str
    language: str = "en"
    preview: str = ""
    """What stands beside the subject in a list of mails."""
    kind: Kind = "blocks"
    blocks: Sequence[Value] = ()
    source: str = ""
    look: Look = field(default_factory=Look)
    base: str = ""
    """The address that those without a host are of, such as https://shop.example."""


def language_chosen(wanted: str, there: Sequence[str]) -> str:
    """Return which of a letter's languages somebody reads: his own, one near to it, or the first.

    zh-TW is nearer to zh-Hant than to zh-Hans, pt-BR nearer to pt than to nothing.
    """
    tag = wanted.replace("_", "-").casefold()
    by_tag = {each.replace("_", "-").casefold(): each for each in there}
    for near in (tag, _WRITTEN.get(tag, ""), tag.rpartition("-")[0], tag.partition("-")[0]):
        if near in by_tag:
            return by_tag[near]
    begins = tag.partition("-")[0]
    return next(
        (each for key, each in by_tag.items() if begins and key.partition("-")[0] == begins), there[0]
    )


def text_of(value: Value, name: str) -> str:
    """Return a field as text; what is not there is empty."""
    found = value.get(name)
    return "" if found is None else str(found)


def many(value: Value, name: str) -> Sequence[Value]:
    """Return a field that is a list of mappings; anything else in it is left out."""
    found = value.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, Sequence) else []
