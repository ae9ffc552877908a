"""Values of a log as text: escapes taken back, bytes decoded, control characters gone."""

import re

from zoco.collector.reasons import Reason, Refused
from zoco.kit.masks import LONGEST

_ESCAPED = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.S)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PLAIN_ADDRESS = b"0123456789abcdefABCDEF.:"
_NO_ADDRESS = re.compile(rb"[\x00-\x20\x7f]")
_SAFE_RAW = 8 * LONGEST


def unescaped(raw: bytes) -> bytes:
    """Take back what Apache and nginx escape: \\" \\\\ \\n and \\x22."""
    return _ESCAPED.sub(_plain, raw) if b"\\" in raw else raw


def _plain(found: re.Match[bytes]) -> bytes:
    code, letter = found.groups()
    return bytes.fromhex(code.decode()) if code else _LETTERS.get(letter, letter)


def text(raw: bytes) -> str:
    """Return a value as text without control characters; never fails."""
    return _CONTROL.sub(" ", unescaped(raw[:_SAFE_RAW]).decode("utf-8", "replace"))


def address_text(raw: bytes) -> str:
    """Return an address. Raises Refused when it holds control characters, as torn lines do."""
    if raw and not raw.translate(None, _PLAIN_ADDRESS):
        return raw[:_SAFE_RAW].decode()
    if _NO_ADDRESS.search(raw):
        raise Refused(Reason.UNREADABLE)
    return text(raw)


def request_parts(raw: bytes) -> tuple[str, bytes]:
    """Return method and target of a request line, ("", b"") when it is none.

    Spaces inside the target, which HTTP forbids and logs nevertheless hold, are escaped.
    """
    method, _, rest = unescaped(raw).partition(b" ")
    target, _, protocol = rest.rpartition(b" ")
    if not protocol.startswith(b"HTTP/"):
        target = rest
    if not target or not method.isalpha() or not method.isupper() or len(method) > 20:
        return "", b""
    return method.decode(), target.replace(b" ", b"%20")
