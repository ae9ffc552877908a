"""A letter made ready: all that is alike for its readers is done once for each language.

What is left is a program of Jinja that joins quoted pieces with the values of one person; see `message`.
"""

import re
from collections.abc import Callable, Mapping, Set
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any

from django.utils.translation import gettext_noop, override

from zoco.mail.letters import quoted
from zoco.mail.letters.bounds import tags_hold
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.letters.filling import Filled, Filling, Form, Part, filling_of
from zoco.mail.letters.filters import ADDRESS
from zoco.mail.letters.frame import html_of_mjml, inlined, mjml_made
from zoco.mail.letters.own import cleaned
from zoco.mail.letters.placeholders import HOLDS, Asked, asked_read
from zoco.mail.letters.plain import text_made
from zoco.mail.letters.values import roots
from zoco.mail.letters.writing import MARK, Room

SUBJECT_LONGEST = 900
_HREF = re.compile(r"(<a\b[^>]*?\bhref=\")([^\"]*)(\")", re.I)
_CONDITION = re.compile(r"[\"']([a-z][a-z0-9_]*:[\w.-]+)[\"'] (?:not )?in _holds")
_OURS = re.compile(r"\{\{ *links\.\w+ *\}\}")
Link = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """One language of a letter, ready for its readers."""

    language: str
    filling: Filling
    subject_fixed: str | None
    """The subject if it is alike for all."""
    page: str
    """The HTML before anything is filled in, placeholders as they were written."""
    links: tuple[str, ...]
    asked: Asked
    conditions: frozenset[str]
    """Which conditions its blocks ask for; those that hold for a person are given for each."""

    def filled(self, values: Mapping[str, Any], holds: Set[str] = frozenset()) -> Filled:
        """Return a letter for a person: text and HTML quoted-printable, lines ended by CR LF.

        Raises LetterWrong.
        """
        with nullcontext() if self._is_plain else override(self.language):
            subject, text, html = self.filling.filled({**values, HOLDS: holds})
        return Filled(self.subject_fixed or _one_line(subject), text, html)

    def subject_for(self, values: Mapping[str, Any], holds: Set[str] = frozenset()) -> str:
        """Return the subject for a person, on one line."""
        if self.subject_fixed is not None:
            return self.subject_fixed
        with nullcontext() if self._is_plain else override(self.language):
            return _one_line(self.filling.subject({**values, HOLDS: holds}))

    @property
    def _is_plain(self) -> bool:
        """Whether values stand in it as they are: neither written as a language does nor in loops."""
        return not self.asked.has_formats and not self.asked.has_loops


def compiled(draft: Draft, *, link: Link | None = None, foot: Callable[[], str] | None = None) -> Compiled:
    """Make a letter ready. Raises LetterWrong, PlaceholderWrong.

    `link` may change where links lead: it is called once for each place of an address, counted from 0, and
    returns another one, which may hold placeholders. `foot` is called afterwards and returns what stands at
    the end of the HTML alone: neither in the text nor on the page.
    """
    room = Room(draft)
    html = inlined(_html(draft, room))
    found: list[str] = []

    def changed(match: re.Match[str]) -> str:
        address = unescape(_restored(match[2], room))
        found.append(address)
        leads = link(address, len(found) - 1) if link else None
        leads = match[2] if leads is None else escape(room.source(leads))
        return f"{match[1]}{_harmless(leads, room)}{match[3]}"

    html = _HREF.sub(changed, html)
    asked_read(_restored(html, room), roots=roots())
    room.asked.names.discard(HOLDS)
    with override(draft.language):
        subject = room.source(draft.subject)
        return Compiled(
            language=draft.language,
            filling=filling_of(
                _part(subject, room, str, _plainly),
                _part(text_made(html), room, quoted.piece, _text_value),
                _part(_footed(html, room.source(foot()) if foot else ""), room, quoted.piece, _html_value),
            ),
            subject_fixed=None if MARK.search(subject) else " ".join(subject.split()),
            page=_restored(html, room),
            links=tuple(found),
            asked=room.asked,
            conditions=frozenset(_CONDITION.findall(" ".join(room.kept))),
        )


def _html(draft: Draft, room: Room) -> str:
    """Return the page with marks; what it asks for is read on the way."""
    with room.place(0):
        room.words(draft.subject)
        room.words(draft.preview)
    if draft.kind == "blocks":
        return html_of_mjml(mjml_made(draft, room))
    if not draft.source.strip():
        raise LetterWrong(gettext_noop("This letter is empty; write its HTML or MJML."))
    tags_hold(draft.source)
    room.asked.add(asked_read(draft.source, roots=roots()))
    source = room.source(draft.source)
    if draft.kind == "mjml":
        source = html_of_mjml(re.sub(r"<mj-font\b[^>]*?(/>|></mj-font>)", "", source))
    return cleaned(source, title=room.words(draft.subject), language=draft.language)


def _harmless(address: str, room: Room) -> str:
    """Let an address that begins with what is filled in lead to no script, whatever that is."""
    begins = MARK.match(address)
    if begins is None:
        return address
    said = room.kept[int(begins[1] or begins[2])]
    if not said.startswith("{{") or _OURS.fullmatch(said):
        return address
    return room.mark(f"{{{{ ({said[2:-2].strip(' -+')})|{ADDRESS} }}}}") + address[begins.end() :]


def _footed(html: str, foot: str) -> str:
    """Return the HTML with something before its end."""
    before, end, after = html.rpartition("</body>")
    return f"{before}{foot}{end}{after}" if end else html + foot


def _restored(text: str, room: Room) -> str:
    """Return a text with its placeholders as they were written."""
    return MARK.sub(lambda found: room.kept[int(found[1] or found[2])], text)


def _part(text: str, room: Room, piece: Callable[[str], str], form: Form) -> Part:
    """Return a part of a letter in pieces; `piece` says how what all share stands in it, `form` a value."""
    pieces: list[str] = []
    marks: dict[int, str] = {}
    at = 0
    for found in MARK.finditer(text):
        pieces.append(piece(text[at : found.start()]))
        marks[len(pieces)] = room.kept[int(found[1] or found[2])]
        pieces.append(marks[len(pieces)])
        at = found.end()
    pieces.append(piece(text[at:]))
    return Part(pieces, marks, form)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:SUBJECT_LONGEST]


def _plainly(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _html_value(value: object) -> str:
    text = _plainly(value)
    return _html_again(text) if len(text) <= quoted.OFTEN else quoted.piece(escape(text))


@lru_cache(maxsize=256)
def _html_again(text: str) -> str:
    """Quote what may stand many times in one letter, as a name does: once."""
    return quoted.piece(escape(text))


def _text_value(value: object) -> str:
    text = _plainly(value)
    return _text_again(text) if len(text) <= quoted.OFTEN else quoted.piece(text)


_text_again = lru_cache(maxsize=256)(quoted.piece)
