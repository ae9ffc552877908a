"""Codes and addresses in what a server said."""

import re

_STATUS = re.compile(r"(?<![\w.-])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]|\w)")
_REPLY = re.compile(r"(?<![\w.:-])([45]\d\d)(?=[ \t-]+\S|[:,;)]|$)", re.MULTILINE)
_AFTER_CODE = re.compile(r"(?<![\w.-])[45]\d\d[ -]#?([45])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^{|}~-]{1,64}@(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}")
_LOCAL = re.compile(r"[^\s<>()\",;:@]{1,64}@\[[\d.a-fA-F:]{3,45}\]")
ADDRESS_MOST = 320


def status_in(text: str) -> str:
    """Return the enhanced status code (RFC 3463) that a text holds, the one after a reply code first."""
    found = _AFTER_CODE.search(text) or _STATUS.search(text)
    return ".".join(str(int(piece)) for piece in found.groups()) if found else ""


def reply_in(text: str) -> str:
    """Return the first SMTP reply code of 4xx or 5xx in a text; empty where there is none."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def from_reply(text: str) -> str:
    """Return a text from its first reply code on; all of it where there is none.

    What stands before is said by the reporting server, such as "it was rejected by the recipient domain".
    """
    found = _REPLY.search(text)
    return text[found.start() :] if found else text


def addresses_in(text: str) -> list[str]:
    """Return the addresses in a text in their order, each once."""
    return list(dict.fromkeys(match.strip(".'") for match in _ADDRESS.findall(text)))


def address_of(value: str) -> str:
    """Return the address of a field such as `rfc822;<ann@example.org>`; empty where there is none."""
    inside = value.partition(";")[2] if ";" in value[:20] else value
    inside = inside[: ADDRESS_MOST * 2].strip()
    between = inside.rpartition("<")[2].partition(">")[0].strip() if "<" in inside else inside
    bare = between.removeprefix("mailto:").removeprefix("SMTP:").removeprefix("smtp:").strip("\"' ")
    found = _ADDRESS.search(bare) or _LOCAL.search(bare) or _ADDRESS.search(inside)
    if found:
        return found[0].strip(".'")
    return bare if bare and " " not in bare and len(bare) <= ADDRESS_MOST else ""
