"""What stands above each letter: who writes to whom, under which name, and how to leave."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime, quote

from zoco.channels.contract import Opened
from zoco.channels.mailing.mime import envelope_address
from zoco.mail.letters.message import HeaderWrong, encoded

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_'")
NAME_LONGEST = 200


def address_header(header: str, name: str, address: str) -> bytes:
    """Return a header with one address, its name encoded where it must be (RFC 2047).

    Raises MessageUnfit for what is no address, HeaderWrong for a name of several lines.
    """
    written, _is_ascii = envelope_address(address)
    if any(sign in name for sign in "\r\n\0"):
        raise HeaderWrong(f"The name in {header} has a line break in it.")
    name = name[:NAME_LONGEST].strip()
    if not name:
        return f"{header}: {written}\r\n".encode()
    if name.isascii() and name.isprintable() and "=?" not in name:  # which would be read as encoded
        said = name if _PLAIN.issuperset(name) else f'"{quote(name)}"'
    else:
        said = "\r\n ".join(encoded(name))
    return f"{header}: {said}\r\n <{written}>\r\n".encode()


def people_headers(account: Opened, *, to: str, name: str) -> bytes:
    """Return who writes to whom. Raises MessageUnfit."""
    settings = account.settings
    found = address_header("From", str(settings.get("from_name") or ""), settings["from_address"])
    found += address_header("To", name, to)
    if settings.get("reply_to"):
        found += address_header("Reply-To", "", settings["reply_to"])
    return found


def name_headers(account: Opened, *, uid: str, at: datetime) -> Iterator[tuple[str, str]]:
    """Give the moment and the letter's name, which is the same each time that it is tried."""
    yield "Date", format_datetime(at)
    yield "Message-ID", f"<{uid}@{account.settings['from_address'].rpartition('@')[2]}>"


def leaving_headers(*, address: str, mailto: str = "") -> Iterator[tuple[str, str]]:
    """Give the ways out that mailboxes offer (RFC 2369, RFC 8058)."""
    ways = [f"<{address}>", *([f"<mailto:{mailto}?subject=unsubscribe>"] if mailto else [])]
    yield "List-Unsubscribe", ", ".join(ways)
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
