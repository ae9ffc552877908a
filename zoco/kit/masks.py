"""What is taken out of addresses before anything is written: e-mail addresses, tokens, queries.

Made for paths and referrers. A mask is a word in parentheses, so that a report still shows
where it stood: /reset/(token). Lengths are bounded.
"""

import codecs
import re
from functools import lru_cache
from urllib.parse import quote

LONGEST = 1024

_EMAIL = re.compile(r"[^\s/?&=;@]{1,64}?(?:@|%(?:25)*40)[^\s/?&=;@]{1,200}\.[a-z]{2,24}(?![a-z0-9])", re.I)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.I
)
_HEX = re.compile(r"(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{16,}(?![0-9a-z])", re.I)
_WORD = re.compile(r"[0-9A-Za-z_-]{20,}")
_CHANGE = re.compile(r"(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.I)
_SUSPECT = re.compile(r"@|%(?:25)*40|[0-9A-Za-z]{16}|[\w-]{20}|;|eyJ")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
# Decoding these would change what the path means or hide it: controls, space, " # % / ? \ and DEL.
_KEPT = frozenset((*range(0x21), 0x22, 0x23, 0x25, 0x2F, 0x3F, 0x5C, 0x7F))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


def _percent(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error("zoco.percent", _percent)


def readable(raw: bytes) -> str:
    """Decode percent-escapes where they are UTF-8 text, keep them where decoding would mislead.

    Never fails: bytes that are no UTF-8 are escaped, as are spaces and what cannot be printed.
    """
    if b"%" in raw:
        raw = _ESCAPE.sub(_byte, raw)
    return _UNPRINTABLE.sub(_printable, raw.decode("utf-8", "zoco.percent"))


def _byte(found: re.Match[bytes]) -> bytes:
    value = int(found[1], 16)
    return found[0].upper() if value in _KEPT else bytes((value,))


def _printable(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() and found[0] != " " else quote(found[0])


def masked(text: str) -> str:
    """Replace e-mail addresses, JSON web tokens, UUIDs, long hexadecimal and other tokens."""
    if not _SUSPECT.search(text):
        return text
    text = _SESSION.sub("", text)
    text = _EMAIL.sub("(email)", text)
    text = _JWT.sub("(jwt)", text)
    text = _UUID.sub("(uuid)", text)
    text = _HEX.sub("(token)", text)
    return _WORD.sub(_token, text)


def _token(found: re.Match[str]) -> str:
    """Tell a token from words joined together: letters and digits change places too often."""
    word = found[0]
    changes = len(_CHANGE.findall(word))
    if "-" in word or "_" in word:
        is_token = changes >= 4 and len(word) >= 24 and word.lower() != word
    else:
        is_token = changes >= 3
    return "(token)" if is_token else word


def plain_text(text: str) -> str:
    """Return a text with every run of spaces and control characters as one space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def path_of(raw: bytes) -> str:
    """Return the path to write down: readable, masked, at most 1024 characters, no query."""
    return masked(readable(raw[: 8 * LONGEST].partition(b"?")[0].partition(b"#")[0]))[:LONGEST]


clean_path = lru_cache(maxsize=8192)(path_of)


def clean_referrer(referrer: str) -> str:
    """Return the referrer for evidence: the values of its query and its user are masked."""
    address, mark, query = referrer[: 8 * LONGEST].partition("#")[0].partition("?")
    scheme, slashes, rest = address.partition("://")
    if slashes:
        host, slash, path = rest.partition("/")
        address = scheme + slashes + host.rpartition("@")[2] + slash + masked(path)
    else:
        address = masked(address)
    if mark:
        names = [masked(part.partition("=")[0])[:64] for part in query.split("&") if part]
        address += "?" + "&".join(f"{name}=*" for name in names)
    return _UNPRINTABLE.sub(_printable, address)[:LONGEST]
