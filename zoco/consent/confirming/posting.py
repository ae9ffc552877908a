"""The letter that asks for a confirmation: who writes it, and who takes it out. Apps above plug both.

The last writer that has something to say writes it; our own words are there for when nobody has.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from zoco.kit.plugs import Registry

NO_ACCOUNT = "there is no account that sends e-mail"
"""Why a letter waits, as a post says it; it is tried again."""
ABOUT = "confirmation"
"""What the messages are about that a post sends."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A question to one person. `key` is the letter's own; `link` is confirmed by a POST on its page."""

    key: str
    person: int
    to: str
    language: str
    link: str
    topics: tuple[str, ...]
    form: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says."""

    subject: str
    text: str
    html: str


class Writer(Protocol):
    """Whoever writes the letter."""

    key: str

    def words(self, letter: Letter) -> Words | None:
        """Return what it says in the person's language, None to leave it to others."""


class Post(Protocol):
    """Whoever takes the letter out, as one that somebody asked for. The same key twice is one letter."""

    key: str

    def send(self, letter: Letter, words: Words, *, at: datetime) -> str:
        """Return why it cannot leave, "" if it left or will."""


WRITERS: Registry[Writer] = Registry("writer of confirmations")
POSTS: Registry[Post] = Registry("post of confirmations")


@WRITERS.plug
class PlainWriter:
    """Our own words, short, in the person's language."""

    key = "plain"

    def words(self, letter: Letter) -> Words:
        """Write them."""
        with translation.override(letter.language):
            greeting = _("You, or somebody else, signed up with this address to:")
            ask = _("Is that right? Then confirm it on this page:")
            otherwise = _("If not, do nothing: you will get no letters. The link holds for a week.")
            subject = _("Please confirm your sign-up")
            button = _("Confirm")
        topics = "\n".join(f"- {each}" for each in letter.topics)
        text = f"{greeting}\n\n{topics}\n\n{ask}\n\n{letter.link}\n\n{otherwise}\n"
        listed = format_html_join("", "<li>{}</li>", ((each,) for each in letter.topics))
        html = format_html(
            '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>'
            '<p>{}</p><ul>{}</ul><p>{}</p><p><a href="{}">{}</a></p><p>{}</p></body></html>',
            letter.language, subject, greeting, listed, ask, letter.link, button, otherwise,
        )  # fmt: skip
        return Words(subject, text, str(html))


def letter_send(letter: Letter, *, at: datetime) -> str:
    """Write a letter and have it taken out; return why it cannot leave, "" if it left or will."""
    words = next(filter(None, (each.words(letter) for each in reversed(list(WRITERS)))))
    return words_send(letter, words, at=at)


def words_send(letter: Letter, words: Words, *, at: datetime) -> str:
    """Have a letter that is written taken out; return why it cannot leave, "" if it left or will."""
    why = "nobody takes letters out"
    for post in POSTS:
        why = post.send(letter, words, at=at)
        if not why:
            return ""
    return why
