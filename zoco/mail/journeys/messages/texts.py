"""Short texts: one for each language, with placeholders as letters have them, filled in for one reader.

They are held to the same short list before anything runs, and wait for nothing: what a text asks for is known
when it is published, and each thing has words for whoever has none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop, override
from jinja2 import Template

from zoco.kit.said import Said
from zoco.ledger.pictures.labels import language_within
from zoco.mail.editing.models import LANGUAGE
from zoco.mail.journeys import there
from zoco.mail.letters.drafts import language_chosen
from zoco.mail.letters.placeholders import HOLDS, asked_read, marks, sandbox
from zoco.mail.letters.values import FIELDS, ROOTS, roots

LONGEST = 4_000
"""Characters of a text as it is written, and as it leaves where its channel states no bound."""
LANGUAGES_MOST = 20
WAYS_OUT = ("unsubscribe", "preferences")
_OWN = frozenset(name for name, _label in FIELDS)
_EMPTY_LINES = re.compile(r"\n{3,}")


class TextWrong(Said, ValueError):
    """A text cannot be so, or not for this reader; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is said in one language."""

    language: str
    source: str


def texts_read(kept: object) -> list[Text]:
    """Return texts as a step keeps them, the one for all others first. Raises TextWrong."""
    if not isinstance(kept, list) or not kept:
        raise TextWrong(gettext_noop("Write the text in at least one language."))
    if len(kept) > LANGUAGES_MOST:
        raise TextWrong(gettext_noop("A message has at most %(most)s languages."), most=LANGUAGES_MOST)
    texts = [_read(each) for each in kept]
    tongues = [each.language.casefold() for each in texts]
    for text in texts:
        if tongues.count(text.language.casefold()) > 1:
            words = gettext_noop("The text is there twice in %(language)s; take one away.")
            raise TextWrong(words, language=language_within(text.language))
    return texts


def _read(kept: object) -> Text:
    language, source = (kept.get("language"), kept.get("text")) if isinstance(kept, Mapping) else ("", "")
    if not isinstance(language, str) or not re.match(LANGUAGE.regex, language):
        raise TextWrong(gettext_noop("Write a language as es or zh-Hans."))
    if not isinstance(source, str) or not source.strip():
        words = gettext_noop("Write the text in %(language)s, or take the language away.")
        raise TextWrong(words, language=language_within(language))
    return Text(language, source)


def text_chosen(texts: Sequence[Text], language: str) -> Text:
    """Return the text that somebody reads: in his own language, one near to it, or the first."""
    chosen = language_chosen(language, [each.language for each in texts])
    return next(each for each in texts if each.language == chosen)


def text_check(text: Text, *, most: int, links: Mapping[str, str]) -> None:
    """Refuse a text that could not leave as it is; `links` are as long as those of readers.

    Raises TextWrong, PlaceholderWrong.
    """
    if len(text.source) > LONGEST:
        raise TextWrong(
            gettext_noop("A text has at most %(most)s characters; this one has %(has)s."),
            most=LONGEST, has=len(text.source),
        )  # fmt: skip
    asked = asked_read(text.source, roots=_roots())
    for name in sorted(asked.names):
        if not _is_known(name):
            words = gettext_noop(
                "There is no {{ %(name)s }} for messages; take one of those that are listed."
            )
            raise TextWrong(words, name=name)
    for name in sorted(asked.bare):
        if not name.startswith("links."):
            words = gettext_noop(
                'Say what stands there where nothing is known: write {{ %(name)s|default("…") }}.'
            )
            raise TextWrong(words, name=name)
    text_filled(text, {"links": links}, most=most, is_whole=False)


def asks_for(text: Text, root: str) -> set[str]:
    """Return which fields of a root a text asks for, such as `unsubscribe` of links."""
    names = asked_read(text.source, roots=_roots()).names
    return {name.partition(".")[2] for name in names if name.startswith(f"{root}.")}


def text_filled(text: Text, values: Mapping[str, Any], *, most: int, is_whole: bool = True) -> str:
    """Return a text for one reader. Raises TextWrong for one that is too long, or says nothing.

    `is_whole` False: not all of his values are there, so that it may say nothing yet.
    """
    with override(text.language):
        said = "".join(_program(text.source).generate(values))
    lines = (line.rstrip() for line in said.replace("\r\n", "\n").split("\n"))
    said = _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
    if len(said) > most:
        words = gettext_noop(
            "The text has %(has)s characters, and %(most)s may leave; shorten it, or what is filled in, as "
            'in {{ data.title|shorten(20)|default("…") }}.'
        )
        raise TextWrong(words, has=len(said), most=most)
    if is_whole and not said:
        raise TextWrong(gettext_noop("The text says nothing to this person."))
    return said


def _roots() -> frozenset[str]:
    """Return with what placeholders begin; conditions are of blocks alone."""
    return roots() - {HOLDS}


def _is_known(name: str) -> bool:
    """Return whether a placeholder may ask for this; a program's data have any names."""
    root, _dot, rest = name.partition(".")
    first = rest.partition(".")[0]
    if not first:
        return False
    if root == "person":
        return first in _OWN or there.attribute(first) is not None
    if root == "links":
        return first in WAYS_OUT
    fields = {each for each, _label in ROOTS.get(root).fields()}
    return not fields or first in fields


@lru_cache(maxsize=256)
def _program(source: str) -> Template:
    """Return a text as a program of Jinja, in which a brace of the writer's begins nothing."""
    parts = (part if is_mark else part.replace("{", "{{ '{' }}") for is_mark, part in marks(source))
    return sandbox(_plain).from_string("".join(parts))


def _plain(value: object) -> str:
    return "" if value is None else str(value)
