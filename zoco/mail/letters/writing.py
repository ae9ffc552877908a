"""The room in which one letter is written: what goes into it is escaped here, placeholders kept apart.

MJML, the inliner and the sanitiser would each change a placeholder in a way of its own (`"` to `&quot;`, a
`{% if %}` between two rows moved out of the table). So they see only marks: two signs that no language writes
around a number, and where words would be moved, within a comment.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from urllib.parse import urljoin, urlsplit

import nh3
from django.utils.translation import gettext_noop

from zoco.mail.letters.bounds import tags_hold
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.letters.filters import SCHEMES
from zoco.mail.letters.placeholders import Asked, asked_read, marks
from zoco.mail.letters.values import roots

# Of the disc of Phaistos, which nobody reads: letters of private use come out of mrml as \u{e000}.
OPEN, SHUT = "\U000101d0", "\U000101d1"
MARK = re.compile(f"<!--{OPEN}(\\d+){SHUT}-->|{OPEN}(\\d+){SHUT}")
SIGNS = re.compile(f"[{OPEN}{SHUT}\0]")
RICH_TAGS = {
    "p",
    "br",
    "hr",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "a",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "blockquote",
}
_VOID = re.compile(r"<(br|hr|img)\b([^>]*?)/?>")


class Room:
    """Where the parts of one letter come together. `kept` are its placeholders, by number."""

    def __init__(self, draft: Draft) -> None:
        self.look = draft.look
        self.language = draft.language
        self.base = draft.base
        self.kept: list[str] = []
        self.asked = Asked()

    @contextmanager
    def place(self, at: int) -> Iterator[None]:
        """Read what is asked for within, at a block or line. Raises PlaceholderWrong when it ends."""
        before = len(self.kept)
        yield
        self.asked.add(asked_read("".join(self.kept[before:]), roots=roots()), at)

    def mark(self, placeholder: str) -> str:
        """Keep a placeholder; returns what stands for it."""
        self.kept.append(placeholder)
        return f"{OPEN}{len(self.kept) - 1}{SHUT}"

    def statement(self, placeholder: str) -> str:
        """Keep one around which nothing may be moved."""
        return f"<!--{self.mark(placeholder)}-->"

    def words(self, text: str) -> str:
        """Return plain words, escaped for text and attributes alike."""
        return escape(self._marked(text)).strip()

    def lines(self, text: str) -> list[str]:
        """Return the lines of a plain text that say something."""
        return [line.strip() for line in escape(self._marked(text)).splitlines() if line.strip()]

    def rich(self, html: str) -> str:
        """Return what an editor of text made, cleaned, as XML wants it. Raises LetterWrong."""
        tags_hold(html)
        clean = nh3.clean(
            self._marked(html), tags=RICH_TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES,
            link_rel=None,
        )  # fmt: skip
        clean = re.sub(r'href="([^"]*)"', lambda found: f'href="{self._absolute(found[1])}"', clean)
        return _VOID.sub(r"<\1\2/>", clean)

    def address(self, text: str) -> str:
        """Return an address, escaped. Raises LetterWrong for one of a kind that letters do not lead to."""
        marked = self._marked(text.strip())
        try:
            scheme = urlsplit(marked).scheme if not marked.startswith(OPEN) else ""
            is_allowed = not scheme or scheme in SCHEMES
        except ValueError:
            is_allowed = False
        if not is_allowed:
            words = gettext_noop("A letter cannot lead to %(address)s; write an address with https://.")
            raise LetterWrong(words, address=text[:100])
        return escape(self._absolute(marked))

    def source(self, text: str) -> str:
        """Return somebody's own MJML or HTML with marks in it: in a tag as they are, in text as comments."""
        out: list[str] = []
        is_in_tag = False
        for is_mark, part in marks(_unmarked(text)):
            if not is_mark:
                out.append(part)
                opened, shut = part.rfind("<"), part.rfind(">")
                is_in_tag = opened > shut if max(opened, shut) >= 0 else is_in_tag
            elif part.startswith("{%") and not is_in_tag:
                out.append(self.statement(part))
            else:
                out.append(self.mark(part))
        return "".join(out)

    def _absolute(self, address: str) -> str:
        plain = not address.startswith((OPEN, "#", "mailto:", "tel:")) and address
        try:
            return urljoin(f"{self.base}/", address) if plain and self.base else address
        except ValueError:  # it leads nowhere, as it stands
            return address

    def _marked(self, text: str) -> str:
        return "".join(self.mark(part) if is_mark else part for is_mark, part in marks(_unmarked(text)))


def _unmarked(text: str) -> str:
    """Return a text without the signs of which our marks are made."""
    return SIGNS.sub("", text)
