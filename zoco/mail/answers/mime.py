"""A message taken apart, however broken: header fields, leaves, the message it returns.

Own and small instead of the standard library's `email`: that one recurses as deep as a message nests and
raises on some headers. This one looks at no more than READ_MOST bytes, PARTS_MOST parts and DEEPEST levels,
and every step is linear in what it looks at.
"""

import html
import re
from dataclasses import dataclass, field

from zoco.mail.answers.charsets import base64_bytes, quoted_bytes, text_of, words_of

READ_MOST = 1 << 20
"""Bytes of a message that are looked at; what a report says stands before what it returns."""
TEXT_MOST = 60_000
"""Characters of one part that are looked at."""
PARTS_MOST = 100
DEEPEST = 8
FIELDS_MOST = 500

_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:[ \t]*(.*)", re.DOTALL)
_LOOSE = re.compile(r"[\w*-]{1,40}=")
"""A parameter on a line of its own that somebody forgot to indent."""
_PARAMETER = re.compile(r';[ \t\n]*([\w*-]{1,40})=[ \t]*(?:"([^"]*)"|([^;\s"]*))')
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/table|hr)\b[^<>]*>", re.IGNORECASE)
_LONG_ENTITY = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")


@dataclass(frozen=True, slots=True)
class Fields:
    """Header fields; names in lower case, values unfolded."""

    pairs: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """Return the first field of that name with its encoded words read; empty where there is none."""
        for key, value in self.pairs:
            if key == name:
                return words_of(value).strip()
        return ""

    def all(self, name: str) -> list[str]:
        """Return all fields of that name."""
        return [words_of(value).strip() for key, value in self.pairs if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _value in self.pairs)


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message. `type` is in lower case; `text` is decoded, HTML as its plain text."""

    type: str
    fields: Fields
    text: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its fields and leaves, and the fields of the message that it returns or forwards."""

    fields: Fields
    type: str
    report_type: str
    parts: tuple[Part, ...]
    returned: Fields
    returned_text: str = ""


@dataclass(slots=True)
class _Found:
    parts: list[Part] = field(default_factory=list)
    returned: tuple[Fields, bytes] | None = None


def opened(message: bytes) -> Message:
    """Return a message taken apart. Never raises, whatever the bytes."""
    raw = message[:READ_MOST].replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"").lstrip(b"\n")
    fields, body = split(raw)
    kind, parameters = content_type(fields.get("content-type"))
    found = _Found()
    _walk(fields, body, found, 0)
    returned, rest = found.returned or (Fields(()), b"")
    text = text_of(rest[:TEXT_MOST])
    return Message(
        fields, kind, parameters.get("report-type", "").lower(), tuple(found.parts), returned, text
    )


def split(raw: bytes) -> tuple[Fields, bytes]:
    """Return header fields and body. A text that begins with no field is all body."""
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    if raw.startswith(b"\n"):
        return Fields(()), raw[1:]
    head, _gap, body = raw.partition(b"\n\n")
    fields = fields_of(text_of(head[: READ_MOST // 4]))
    return (fields, body) if fields.pairs else (fields, raw)


def fields_of(head: str) -> Fields:
    """Return the fields of a header, folded lines joined, lines that are none left out."""
    lines: list[list[str]] = []
    for line in head.split("\n"):
        if lines and (line[:1] in " \t" or (lines[-1][-1].endswith(";") and _LOOSE.match(line))):
            lines[-1].append(line.strip())
        elif len(lines) < FIELDS_MOST:
            lines.append([line])
    pairs = []
    for pieces in lines:
        if match := _FIELD.fullmatch(" ".join(pieces)):
            pairs.append((match[1].lower(), match[2]))
    return Fields(tuple(pairs))


def content_type(value: str) -> tuple[str, dict[str, str]]:
    """Return type/subtype in lower case and the parameters of a Content-Type field."""
    kind = value.partition(";")[0].strip().lower()
    found = _PARAMETER.findall(value[:4000])
    return kind or "text/plain", {name.lower(): quoted or bare for name, quoted, bare in found}


def _walk(fields: Fields, body: bytes, found: _Found, depth: int) -> None:
    kind, parameters = content_type(fields.get("content-type"))
    boundary = parameters.get("boundary", "")
    if kind.startswith("multipart/") and boundary and depth < DEEPEST:
        pieces = _pieces(body, boundary.encode("utf-8", "replace"))
        for piece in pieces:
            if len(found.parts) < PARTS_MOST:
                _walk(*split(piece), found, depth + 1)
        if pieces:
            return
    decoded = _decoded(fields, body)
    if kind in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}:
        if found.returned is None:
            found.returned = split(decoded.lstrip(b"\n"))
        if kind == "message/rfc822" and depth < DEEPEST:
            found.parts.append(Part(kind, fields, "", b""))
        return
    text = text_of(decoded[: TEXT_MOST * 4], parameters.get("charset", ""))[:TEXT_MOST]
    if kind == "text/html" or (kind == "text/plain" and text[:400].lstrip().lower().startswith(_HTML)):
        text = plain(text)
    if kind.startswith(("text/", "message/")) or not found.parts:
        found.parts.append(Part(kind, fields, text, decoded[:TEXT_MOST]))


_HTML = ("<html", "<!doctype html", "<?xml")


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """Return the parts between the boundary's lines; what stands before the first and after the last goes."""
    out: list[list[bytes]] = []
    for index, piece in enumerate((b"\n" + body).split(b"\n--" + boundary)):
        if index == 0:
            continue
        first, _gap, rest = piece.partition(b"\n")
        if first.startswith(b"--"):
            break
        if first.strip() and out:
            out[-1] += [b"\n--", boundary, piece]
        else:
            out.append([rest])
    return [b"".join(pieces) for pieces in out]


def _decoded(fields: Fields, body: bytes) -> bytes:
    coding = fields.get("content-transfer-encoding").lower()
    if coding == "base64":
        return base64_bytes(body)
    return quoted_bytes(body) if coding == "quoted-printable" else body


def plain(text: str) -> str:
    """Return the plain text of HTML: tags, style and script gone, entities read, lines where blocks end."""
    for name in ("style", "script", "head"):
        text = _without(text, name)
    text = _TAG.sub(" ", _BREAK.sub("\n", text.replace("\n", " ")))
    return html.unescape(_LONG_ENTITY.sub(" ", text))


def _without(text: str, name: str) -> str:
    lower, out, at = text.lower(), [], 0
    if len(lower) != len(text):
        return text
    while (start := lower.find(f"<{name}", at)) >= 0:
        out.append(text[at:start])
        end = lower.find(f"</{name}", start)
        if end < 0:
            return "".join(out) + text[start + len(name) + 1 :]
        at = end + len(name) + 2
    return "".join([*out, text[at:]])
