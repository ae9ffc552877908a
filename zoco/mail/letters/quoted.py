"""Quoted-printable (RFC 2045, 6.7) in pieces: what all readers share is quoted once, the rest for each.

Every piece begins at the beginning of a line and ends a line, softly where the text goes on. No line is
longer than 76 octets, none begins with a dot (SMTP would have to double it) or with "From ".
"""

import re
from functools import lru_cache

LINE = 75
"""Octets of a line before the = of a soft end."""
OFTEN = 300
"""Characters of a value that is likely to stand in a letter again."""
_PLAIN = re.compile(r"(?!\.|From )[ -<>-z|}~]+\Z")
# A brace would open a placeholder once more.
_KEPT = {code: chr(code) for code in range(32, 127) if chr(code) not in "={"}
_TABLE = {code: f"={code:02X}" for code in range(256) if code not in _KEPT}


def piece(text: str) -> str:
    """Return a text as a piece; an empty one is an empty piece."""
    if not text:
        return ""
    if len(text) <= LINE and _PLAIN.match(text):
        return f"{text}=\r\n"
    return _again(text) if len(text) <= OFTEN else _long(text)


@lru_cache(maxsize=256)
def _again(text: str) -> str:
    """Quote what may stand many times in one letter, as a name does: once."""
    return _long(text)


def _long(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    ended = [_line(each, is_ended=True) for each in lines[:-1]]
    return "".join(ended) + (_line(lines[-1], is_ended=False) if lines[-1] else "")


def _line(text: str, *, is_ended: bool) -> str:
    """Quote one line; `is_ended`: a line of the text ends here, and not only a piece."""
    quoted = text.encode("utf-8", "replace").decode("latin-1").translate(_TABLE)
    if is_ended and quoted.endswith((" ", "\t")):
        quoted = f"{quoted[:-1]}={ord(quoted[-1]):02X}"
    out: list[str] = []
    start, end = 0, len(quoted)
    while True:
        head = _head(quoted, start)
        stop = start + LINE - (len(head) and len(head) - 1)
        if stop >= end:
            out.append(head + quoted[start + bool(head) :])
            return "=\r\n".join(out) + ("\r\n" if is_ended else "=\r\n")
        # An octet that is written in three signs stays on one line.
        stop -= 1 if quoted[stop - 1] == "=" else 2 if quoted[stop - 2] == "=" else 0
        out.append(head + quoted[start + bool(head) : stop])
        start = stop


def _head(quoted: str, start: int) -> str:
    """Return how the first sign of a line is written where it may not stand there, else nothing."""
    if quoted.startswith(".", start):
        return "=2E"
    return "=46" if quoted.startswith("From ", start) else ""
