"""A connection to a mailbox (IMAP4rev1, RFC 3501): checked addresses, bounded sizes, an end in any case."""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.utils.translation import gettext_noop

from zoco.channels.contract import Hidden
from zoco.kit.http import AddressRefused, FetchFailed, addresses_of
from zoco.kit.masks import plain_text
from zoco.kit.said import Said
from zoco.mail.answers.mime import READ_MOST

CONNECT_SECONDS = 20.0
PASS_SECONDS = 300.0
"""How long one visit may take: a server that sends a byte a second keeps within any time-out."""
LITERAL_MOST = READ_MOST + 65_536
NUMBERS = 1 << 32
"""Numbers of mails have 32 bits (RFC 3501, section 2.3.1.1); what a server says beyond is none."""
_NAME_WRONG = re.compile(r"[\x00-\x1f\x7f]")


class MailboxFailed(Said, RuntimeError):
    """A mailbox cannot be read; the message says why and what to do."""


class _Bounded:
    """What every connection of ours has: the addresses that were checked, and no endless literal."""

    _context: ssl.SSLContext | None = None

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        problem: OSError = TimeoutError("no time left")
        for address in addresses_of(self.host, self.port):  # type: ignore[attr-defined]
            try:
                plain = socket.create_connection((address, self.port), CONNECT_SECONDS)  # type: ignore[attr-defined]
            except OSError as error:
                problem = error
                continue
            if self._context is None:
                return plain
            return self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]
        raise problem

    def read(self, size: int) -> bytes:
        """Read a literal; one that is larger than was asked for ends the connection."""
        if size > LITERAL_MOST:
            raise imaplib.IMAP4.abort(f"a literal of {size} octets")
        return super().read(size)  # type: ignore[misc,no-any-return]


class _Plain(_Bounded, imaplib.IMAP4):
    """Without encryption, or with STARTTLS."""


class _Encrypted(_Bounded, imaplib.IMAP4):
    """With TLS from the beginning."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self._context = ssl.create_default_context()
        super().__init__(*given, **more)


class Folder:
    """An open folder. UIDs are the server's; every method raises MailboxFailed."""

    def __init__(self, server: imaplib.IMAP4, folder: str) -> None:
        self._server = server
        self._ok("SELECT", *server.select(quoted(folder)))
        said = server.response("UIDVALIDITY")[1]
        # After the log-in a server can do more than it said before.
        able = self._ok("CAPABILITY", *server.capability())
        self._able = set(able[0].decode("ascii", "replace").upper().split()) if able and able[0] else set()
        self.uid_validity = int(said[0]) % NUMBERS if said and said[0] else 0

    def after(self, uid: int) -> list[int]:
        """Return the UIDs above one, in order."""
        found = self._uid("SEARCH", "UID", f"{uid + 1}:*")
        words = b" ".join(each for each in found if isinstance(each, bytes)).split()
        return sorted({n for each in words if each.isdigit() and uid < (n := int(each)) < NUMBERS})

    def fetched(self, uid: int) -> bytes | None:
        """Return a mail as far as it is looked at; None for one that is gone."""
        found = self._uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{READ_MOST}>)")
        return next((bytes(each[1]) for each in found if isinstance(each, tuple)), None)

    def mark_seen(self, uids: list[int]) -> None:
        """Mark mails as read."""
        self._uid("STORE", _listed(uids), "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uids: list[int], folder: str) -> None:
        """Move mails to a folder, which is made if it is not there. Twice does no harm."""
        self._server.create(quoted(folder))  # says no where it is there already
        if "MOVE" in self._able:
            self._uid("MOVE", _listed(uids), quoted(folder))
            return
        if "UIDPLUS" not in self._able:
            raise MailboxFailed(
                gettext_noop("This server cannot move mails; let them be marked as read instead.")
            )
        self._uid("COPY", _listed(uids), quoted(folder))
        self._uid("STORE", _listed(uids), "+FLAGS.SILENT", r"(\Deleted)")
        self._uid("EXPUNGE", _listed(uids))

    def _uid(self, command: str, *words: str) -> list[Any]:
        return self._ok(command, *self._server.uid(command, *words))

    def _ok(self, command: str, kind: str, found: list[Any]) -> list[Any]:
        if kind != "OK":
            said = found[0].decode("utf-8", "replace") if found and isinstance(found[0], bytes) else ""
            words = gettext_noop("The mail server refuses %(command)s: %(why)s")
            raise MailboxFailed(words, command=command, why=plain_text(said)[:200])
        return found


@contextmanager
def opened(
    *, host: str, port: int, encryption: str, user: str, secrets: Hidden, folder: str
) -> Iterator[Folder]:
    """Open a folder of a mailbox for one visit. Raises MailboxFailed."""
    server: imaplib.IMAP4 | None = None
    ending: threading.Timer | None = None
    try:
        server = (_Encrypted if encryption == "tls" else _Plain)(host, port, CONNECT_SECONDS)
        ending = threading.Timer(PASS_SECONDS, _end, [server])
        ending.daemon = True
        ending.start()
        if encryption == "starttls":
            server.starttls(ssl.create_default_context())
        server.login(user, secrets.get("password", ""))
        yield Folder(server, folder)
    except (imaplib.IMAP4.error, OSError, AddressRefused, FetchFailed, ValueError) as error:
        words = gettext_noop("The mail server cannot be used: %(why)s")
        said = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error)
        raise MailboxFailed(words, why=plain_text(secrets.scrubbed(said))[:200]) from None
    finally:
        if ending is not None:
            ending.cancel()
        if server is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()


def _end(server: imaplib.IMAP4) -> None:
    with suppress(OSError):
        server.sock.shutdown(socket.SHUT_RDWR)


def quoted(name: str) -> str:
    """Return the name of a folder as IMAP writes it: modified UTF-7 (RFC 3501, section 5.1.3), in quotes."""
    if _NAME_WRONG.search(name):
        raise MailboxFailed(gettext_noop("The name of a folder has no line breaks or control characters."))
    out, held = [], ""
    for letter in f"{name}\0":
        if letter != "\0" and not " " <= letter <= "~":
            held += letter
            continue
        if held:
            out.append(f"&{_base64(held)}-")
            held = ""
        out.append({"&": "&-", "\0": "", '"': '\\"', "\\": "\\\\"}.get(letter, letter))
    return f'"{"".join(out)}"'


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _listed(uids: list[int]) -> str:
    return ",".join(map(str, uids))
