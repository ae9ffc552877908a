"""The mail that goes to a server: text and HTML side by side, all of it seven bits and short lines."""

import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from quopri import decodestring
from typing import Any

from zoco.mail.letters.compiling import Compiled

_WORD = 42
"""Octets in one encoded word: 56 of base64, and no line of the header over 76."""
_SAFE = re.compile(r"(?!.*=\?)[ -~]*\Z")
"""What stands in a header as it is; with =? in it, it would be read as an encoded word."""
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}\Z")
_BREAK = re.compile(r"[\r\n\0]")
_QUOTED = "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
HEADER_LONGEST = 900


class HeaderWrong(ValueError):
    """A header's name or value would begin another header."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter as somebody reads it."""

    subject: str
    html: str
    text: str


class Envelope:
    """What all mails of a letter in one language share: the borders between their parts."""

    def __init__(self, letter: Compiled, border: str = "") -> None:
        self.letter = letter
        border = border or f"=_{secrets.token_hex(12)}"
        kind = f'multipart/alternative;\r\n boundary="{border}"'
        self._headers = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
        self._text, self._html = (
            f"\r\n--{border}\r\nContent-Type: text/{each}; charset=utf-8\r\n{_QUOTED}".encode()
            for each in ("plain", "html")
        )
        self._end = f"\r\n--{border}--\r\n".encode()

    def wire(
        self,
        headers: Iterable[tuple[str, str]],
        values: Mapping[str, Any],
        holds: Set[str] = frozenset(),
        *,
        above: str = "",
    ) -> tuple[bytes, ...]:
        """Return one person's mail as `Content.wire` has it; the subject is added to `headers`.

        `above` are headers that are written already, each with its end. Raises HeaderWrong, LetterWrong.
        """
        subject, text, html = self.letter.filled(values, holds)
        said = [header(name, value) for name, value in headers]
        head = "".join((above, *said, header("Subject", subject), self._headers)).encode("ascii")
        return (head, self._text, *text, self._html, *html, self._end)


def seen(letter: Compiled, values: Mapping[str, Any], holds: Set[str] = frozenset()) -> Seen:
    """Return a letter as one person reads it."""
    subject, text, html = letter.filled(values, holds)
    return Seen(subject, _read(html), _read(text))


def _read(pieces: Iterable[bytes]) -> str:
    return decodestring(b"".join(pieces)).decode("utf-8").replace("\r\n", "\n")


def header(name: str, value: str) -> str:
    """Return a header, words of other scripts encoded (RFC 2047). Raises HeaderWrong."""
    if not _NAME.match(name) or _BREAK.search(value):
        raise HeaderWrong(f"A header {name[:60]!r} has one line, and letters and hyphens in its name.")
    if len(value) <= HEADER_LONGEST and _SAFE.match(value):
        return f"{name}: {value}\r\n"
    return f"{name}: " + "\r\n ".join(encoded(value)) + "\r\n"


def encoded(value: str) -> list[str]:
    """Return encoded words, none of which parts a letter."""
    octets = value.encode("utf-8", "replace")
    words: list[str] = []
    start = 0
    while True:
        end = start + _WORD
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # it goes on with what began before
            end -= 1
        words.append(_word(octets[start:end]))
        if end >= len(octets):
            return words
        start = end


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="
