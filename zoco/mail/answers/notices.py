"""Reports of failure without structure: who failed and why, from sentences for people."""

import re
from dataclasses import dataclass

from zoco.mail.answers import marks
from zoco.mail.answers.mime import Fields, Message, fields_of
from zoco.mail.answers.rules.table import Words, simplified
from zoco.mail.answers.smtp import addresses_in, from_reply, reply_in, status_in

NOTICE_MOST = 20_000
"""Characters of a notice that are looked at."""
LINES_MOST = 600
SAID_MOST = 6_000
FAILED_MOST = 100
_NAMED = re.compile(
    r"[\s>*•-]{0,20}(?:to:|for:)?\s{0,4}[<\"'\[(]?(?:mailto:|smtp:)?([^\s<>\"'()\[\],;:]{1,64}@[\w.-]{1,255})(.*)"
)
_FATAL = re.compile(r"[45]\d\d (?:[45]\.\d{1,3}\.\d{1,3} )?<([^\s<>]{1,64}@[\w.-]{1,255})>\.\.\.(.*)")
_TOLD = re.compile(r"(?:RCPT TO|rcpt to|Rcpt To|RCPT To):\s{0,4}<?([^\s<>]{1,64}@[\w.-]{1,255})")
_HOST = re.compile(
    r"(?:\bhost |talking to |remote host |connected to |server )\(?\[?([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
    re.IGNORECASE,
)
_OURS = {"mailer-daemon", "postmaster", "abuse", "support", "helpdesk", "help", "hostmaster", "webmaster"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says of one recipient: the server's own words, and the sentences around."""

    address: str
    diagnostic: str
    around: str
    status: str
    reply: str
    remote_mta: str


def notice_of(message: Message) -> tuple[str, Fields]:
    """Return the sentences for people of a report, and the fields of a letter returned within them."""
    texts = [part.text for part in message.parts if part.type.startswith("text/")]
    if not texts:
        texts = [part.text for part in message.parts[:1] if not part.type.startswith("image/")]
    kept: list[str] = []
    lines = "\n".join(texts)[: NOTICE_MOST * 2].split("\n")[: LINES_MOST * 4]
    for index, line in enumerate(lines[:LINES_MOST]):
        if index and _is_cut(line[:300]):
            rest = "\n".join(each.removeprefix("> ") for each in lines[index : index + 200])
            return "\n".join(kept)[:NOTICE_MOST], fields_of(rest)
        kept.append(line)
    return "\n".join(kept)[:NOTICE_MOST], Fields(())


def _is_cut(line: str) -> bool:
    """Tell whether the returned letter begins at a line: below words that say so, or with its own fields."""
    low = line.strip(" >*=-\t#").lower()
    if low.startswith(marks.BELOW) or (
        line.lstrip()[:1] in "-*=#" and any(mark in low for mark in marks.BELOW)
    ):
        return True
    return line[:1] not in " \t" and low.startswith(marks.RETURNED_FIELDS)


def says(words: Words, text: str) -> str:
    """Return the first pattern that fits a text; empty if none does."""
    return words.first(simplified(text[:SAID_MOST]))


def told(message: Message, notice: str, inside: Fields) -> list[Told]:
    """Return the recipients that a notice names, with what it says of each."""
    own = _own_addresses(message)
    named = _named_lines(notice, own)
    wanted = _wanted(message, notice, inside, own, named)
    lines = notice.split("\n")
    starts = {address: index for address, index in reversed(named) if address in wanted}
    out = []
    for address in wanted[:FAILED_MOST]:
        section = _section(lines, address, starts) if len(wanted) > 1 else notice
        out.append(_told(address, section))
    return out


def names_another(message: Message, text: str) -> bool:
    """Tell whether a text names an address that is neither the sender's nor ours."""
    own = _own_addresses(message)
    return any(not _is_ours(address, own) for address in addresses_in(text))


def _own_addresses(message: Message) -> set[str]:
    own: set[str] = set()
    for name in ("from", "to", "cc", "reply-to", "sender", "return-path", "errors-to", "delivered-to"):
        for value in message.fields.all(name):
            own.update(address.lower() for address in addresses_in(value[:2000]))
    own.update(address.lower() for address in addresses_in(message.returned.get("from")[:500]))
    return own


def _named_lines(notice: str, own: set[str]) -> list[tuple[str, int]]:
    """Return addresses that a line begins with or is, with the number of the line."""
    out = []
    for index, line in enumerate(notice.split("\n")[:LINES_MOST]):
        fatal = _FATAL.match(line[:1000])
        found = fatal or _NAMED.match(line[:1000])
        if not found:
            continue
        address, rest = found[1].rstrip("."), "" if fatal else found[2].lstrip(">\"') ]")
        stands_alone = (
            not rest or rest[0] in ":.(,;-" or line.lstrip()[:1] == "<" or rest.startswith(("on ", "..."))
        )
        if stands_alone and not _is_ours(address, own):
            out.append((address, index))
    return out


def _is_ours(address: str, own: set[str]) -> bool:
    return address.lower() in own or address.partition("@")[0].lower() in _OURS


def _wanted(
    message: Message, notice: str, inside: Fields, own: set[str], named: list[tuple[str, int]]
) -> list[str]:
    """Return who failed, the surest way to know first."""
    failed = [
        address for value in message.fields.all("x-failed-recipients") for address in addresses_in(value)
    ]
    if failed:
        return _each_once(failed)
    if named:
        return _each_once([address for address, _index in named])
    asked = [address for address in _TOLD.findall(notice) if not _is_ours(address, own)]
    if asked:
        return _each_once(asked)
    returned = _returned_to(message.returned) or _returned_to(inside)
    anywhere = [address for address in addresses_in(notice) if not _is_ours(address, own)]
    both = [address for address in anywhere if address.lower() in {each.lower() for each in returned}]
    if both or returned:
        return _each_once(both) or _each_once(returned[:1] if len(returned) > 1 else returned)
    return _each_once(anywhere)[:1]


def _each_once(addresses: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.lower(), address)
    return list(found.values())


def _returned_to(fields: Fields) -> list[str]:
    for name in ("x-original-to", "envelope-to", "delivered-to", "to"):
        found = addresses_in(fields.get(name)[:4000])
        if found:
            return found
    return []


def _section(lines: list[str], address: str, starts: dict[str, int]) -> str:
    """Return the lines that belong to one of several recipients; all where no line begins with it."""
    start = starts.get(address)
    if start is not None and _FATAL.match(lines[start]):
        return lines[start]
    if start is None:
        near = [line for line in lines if address.lower() in line.lower()]
        return "\n".join(near)
    after = [index for index in starts.values() if index > start]
    rules = [index for index in range(start + 1, len(lines)) if lines[index].lstrip().startswith("-----")]
    return "\n".join(lines[start : min(after + rules, default=len(lines))])


def _told(address: str, section: str) -> Told:
    diagnostic = said_in(section)
    host = _HOST.search(section)
    return Told(
        address=address,
        diagnostic=diagnostic,
        around=section,
        status=status_in(diagnostic) or status_in(section),
        reply=reply_in(diagnostic),
        remote_mta=host[1] if host else "",
    )


def said_in(section: str) -> str:
    """Return what a server said within a notice: from its first reply code to the end of its paragraph."""
    lines = section.split("\n")
    transcript = [line[3:].strip() for line in lines if line.startswith("<<<")]
    if transcript:
        return " ".join(transcript)[:2000]
    for paragraph in section.split("\n\n"):
        if reply_in(paragraph) or status_in(paragraph):
            return " ".join(from_reply(paragraph).split())[:2000]
    return ""
