"""Bytes to text, whatever they say they are. Nothing here raises: what cannot be read becomes U+FFFD."""

import binascii
import codecs
import re
from functools import lru_cache

_ASKED_FOR_NOTHING = {"", "unknown-8bit", "x-unknown", "default", "8bit", "binary", "us-ascii", "ascii"}
# Text codecs that are no charsets of mail; idna and punycode also take quadratic time.
_NOT_OF_MAIL = {
    "utf_7",
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "undefined",
    "mbcs",
    "oem",
}
# Superset or later edition of what is declared: senders use characters beyond the standard they name.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "iso-2022-jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
}
_CYRILLIC = ("koi8-r", "cp1251")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")


@lru_cache(maxsize=256)
def _codec(name: str) -> str | None:
    """Return the name of Python's codec for a declared charset, None where there is none."""
    plain = name.strip().strip("\"'").partition("*")[0].lower()[:60]
    if plain in _ASKED_FOR_NOTHING:
        return None
    try:
        found = codecs.lookup(_WIDER.get(plain, plain))
    except (LookupError, ValueError, UnicodeError):
        return None
    if found.name.replace("-", "_") in _NOT_OF_MAIL or not getattr(found, "_is_text_encoding", False):
        return None
    return found.name


def text_of(raw: bytes, charset: str = "") -> str:
    """Return the text of some bytes; a charset that is wrong or unknown is guessed."""
    if raw.isascii() and b"\x1b" not in raw and not charset.lower().startswith(("utf-16", "utf-32", "utf-7")):
        return raw.decode("ascii")
    codec = _codec(charset)
    if codec is not None:
        try:
            return raw.decode(codec)
        except (UnicodeError, ValueError):
            return _guessed(raw) or raw.decode(codec, "replace")
    return _guessed(raw) or raw.decode("utf-8", "replace")


def _guessed(raw: bytes) -> str:
    """Return the text in the charset that fits, the stricter ones tried first; empty if none does."""
    for codec in (*(["iso2022_jp_ext"] if b"\x1b$" in raw else []), "utf-8"):
        try:
            return raw.decode(codec)
        except (UnicodeError, ValueError):
            continue
    cyrillic = max((raw.decode(codec, "replace") for codec in _CYRILLIC), key=_looks_russian)
    if _looks_russian(cyrillic) > 0.6:
        return cyrillic
    for codec in ("gb18030", "cp932", "cp1252"):
        try:
            return raw.decode(codec)
        except (UnicodeError, ValueError):
            continue
    return raw.decode("latin-1")


def _looks_russian(text: str) -> float:
    """Return how much of what is not ASCII is lower-case Russian, which a wrong charset seldom gives."""
    foreign = [letter for letter in text[:4000] if letter > "\x7f"]
    return sum("а" <= letter <= "я" for letter in foreign) / len(foreign) if foreign else 0.0


def words_of(raw: str) -> str:
    """Return the text of a header field with its encoded words (RFC 2047) read."""
    if "=?" not in raw:
        return raw
    out: list[str] = []
    held, held_charset, end = b"", "", 0
    for found in _ENCODED.finditer(raw):
        between = raw[end : found.start()]
        charset, coding, body = found.groups()
        piece = _word_bytes(coding, body)
        # Words side by side are one text, and a letter of several bytes may stand half in each.
        if held_charset.lower() == charset.lower() and end and not between.strip():
            held += piece
        else:
            out += [text_of(held, held_charset), between if between.strip() or not end else ""]
            held, held_charset = piece, charset
        end = found.end()
    out += [text_of(held, held_charset), raw[end:]]
    return "".join(out)


def _word_bytes(coding: str, body: str) -> bytes:
    raw = body.encode("utf-8", "surrogateescape")
    return base64_bytes(raw) if coding in "bB" else quoted_bytes(raw.replace(b"_", b" "))


def base64_bytes(raw: bytes) -> bytes:
    """Return what base64 says, as far as it can be read."""
    letters = _NOT_BASE64.sub(b"", raw)
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def quoted_bytes(raw: bytes) -> bytes:
    """Return what quoted-printable says."""
    return binascii.a2b_qp(raw)
