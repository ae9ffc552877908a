"""Quoted-printable (RFC 2045, 6.7) in pieces: what all readers share is quoted once, the rest for each.

Every piece begins at the beginning of a line and ends a line, softly where the text goes on. No line is
longer than 76 octets, none begins with a dot (SMTP would have to double it) or with "From ".
"""

import re

LINE = 75
"""Octets of a line before the = of a soft end."""
_PLAIN = re.compile(r"(?!\.|From )[ -<>-z|}~]+\Z")
# A brace would open a placeholder once more.
_KEPT = {code: chr(code) for code in range(32, 127) if chr(code) not in "={"}
_AS = [_KEPT.get(code, f"={code:02X}") for code in range(256)]


def piece(text: str) -> str:
    """Return a text as a piece; an empty one is an empty piece."""
    if not text:
        return ""
    if len(text) <= LINE and _PLAIN.match(text):
        return f"{text}=\r\n"
    return _long(text)


def _long(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    ended = [_line(each, is_ended=True) for each in lines[:-1]]
    return "".join(ended) + (_line(lines[-1], is_ended=False) if lines[-1] else "")


def _line(text: str, *, is_ended: bool) -> str:
    """Quote one line; `is_ended`: a line of the text ends here, and not only a piece."""
    out: list[str] = []
    size = 0
    start = 0
    units = [_AS[code] for code in text.encode("utf-8", "replace")]
    if is_ended and units and units[-1] in (" ", "\t"):
        units[-1] = f"={ord(units[-1]):02X}"
    for at, unit in enumerate(units):
        if size + len(unit) > LINE:
            out.append(_begun("".join(units[start:at])) + "=\r\n")
            start, size = at, 0
        size += len(unit) if at > start or unit != "." else 3
        if at == start and text.startswith("From ") and at == 0:
            size += 2
    rest = _begun("".join(units[start:]))
    return "".join(out) + rest + ("\r\n" if is_ended else "=\r\n")


def _begun(line: str) -> str:
    if line.startswith("."):
        return f"=2E{line[1:]}"
    return f"=46{line[1:]}" if line.startswith("From ") else line
