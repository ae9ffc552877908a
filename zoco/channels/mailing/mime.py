"""Messages as mail: RFC 5322, no line over 998 octets, one name however often it is tried."""

import re
from email.generator import BytesGenerator
from email.utils import formataddr
from functools import lru_cache
from io import BytesIO

from django.core.mail import EmailMultiAlternatives
from email_validator import EmailNotValidError, validate_email

from zoco.channels.contract import Opened, Outgoing

LINE_MOST = 998
"""Octets of a line without its end (RFC 5322, section 2.1.1)."""
ADDRESS_LONGEST = 254
_USUAL = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?!\.|@)){0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z"
)
"""What most addresses look like; whatever looks otherwise is looked at closely."""
_SPECIAL = (".local", ".localhost", ".invalid", ".onion", ".arpa", ".alt")


class MessageUnfit(ValueError):
    """This cannot be sent as mail; the message says why."""


def letter_of(outgoing: Outgoing, account: Opened) -> EmailMultiAlternatives:
    """Return a message as Django's programs take it. Raises MessageUnfit for a header of several lines."""
    content, settings = outgoing.content, account.settings
    for name, value in {**content.headers, "Subject": content.subject, "To": outgoing.name}.items():
        if any(letter in f"{name}{value}" for letter in "\r\n\0"):
            raise MessageUnfit(f"The header {name[:40]!r} has a line break in it.")
    headers = {"Message-ID": message_id(outgoing, account), **content.headers}
    letter = EmailMultiAlternatives(
        subject=content.subject,
        body=content.text,
        from_email=_named(settings.get("from_name", ""), settings["from_address"]),
        to=[_named(outgoing.name, outgoing.to)],
        reply_to=[settings["reply_to"]] if settings.get("reply_to") else None,
        headers=headers,
    )
    if content.html:
        letter.attach_alternative(content.html, "text/html")
    return letter


def bytes_of(outgoing: Outgoing, account: Opened) -> bytes:
    """Return a message as it goes over the wire, with CRLF. Raises MessageUnfit."""
    raw = outgoing.content.raw or _written(letter_of(outgoing, account))
    is_ended_right = raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    raw = raw if is_ended_right else raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = raw.split(b"\r\n" if is_ended_right else b"\n")
    longest = max(map(len, lines))
    if longest > LINE_MOST:
        raise MessageUnfit(f"A line has {longest} octets; no mail server takes more than {LINE_MOST}.")
    return raw if is_ended_right else b"\r\n".join(lines)


def _written(letter: EmailMultiAlternatives) -> bytes:
    """Write it down; long addresses in headers stay on one line, for not all who read them join lines."""
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, maxheaderlen=LINE_MOST - 1).flatten(letter.message())
    return written.getvalue()


def message_id(outgoing: Outgoing, account: Opened) -> str:
    """Return the name of a message; it is the same each time that it is tried."""
    return f"<{outgoing.id}@{account.settings['from_address'].rpartition('@')[2]}>"


@lru_cache(maxsize=4_096)
def envelope_address(address: str) -> tuple[str, bool]:
    """Return an address for the envelope, and whether it is ASCII. Raises MessageUnfit."""
    if len(address) <= ADDRESS_LONGEST and _USUAL.match(address) and not address.endswith(_SPECIAL):
        return address, True
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise MessageUnfit(f"This is no address that mail can go to: {wrong}") from wrong
    if found.ascii_email:
        return found.ascii_email, True
    return f"{found.local_part}@{found.ascii_domain}", False


def _named(name: str, address: str) -> str:
    """Return an address with its name; one with letters beyond ASCII before the @ goes without."""
    written, is_ascii = envelope_address(address)
    return formataddr((name, written)) if is_ascii else written
