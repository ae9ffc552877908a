"""A line to a mail server (RFC 5321): what was refused, what may be tried again, what nobody can know.

Until the server has the whole message it has not taken it; once it has, and says nothing, nobody knows.
"""

import smtplib
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from zoco.channels.contract import Content, Later, Limits, Opened, Outcome, Outgoing, Refused, Sent, Unknown
from zoco.channels.domains.dkim import CannotSign
from zoco.channels.domains.signing import signature
from zoco.channels.mailing.deadlines import ended_after
from zoco.channels.mailing.mime import MessageUnfit, bytes_of, envelope_address
from zoco.channels.mailing.wire import END, NoReply, ServerSaid, Wire, ended, held, introduced
from zoco.kit.http import AddressRefused, FetchFailed, addresses_of
from zoco.kit.staff_mail import public_host
from zoco.kit.tls import client_context

CONNECT_SECONDS = 20.0
STEADY_SECONDS = 5.0
"""So long after it took a message a server is not asked whether it still is there."""
TAKEN = range(200, 300)
"""What says that a message was taken."""
GONE = ("connection", "421")
"""What is said of a connection that was there a moment ago."""
STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"


class CannotConnect(Exception):
    """The server was not reached, or did not let us in; nothing was said about a message."""


class Pinned(smtplib.SMTP):
    """A connection to the addresses that were checked, whatever the name says by now."""

    def __init__(self, account: Opened, seconds: float = CONNECT_SECONDS) -> None:
        self.is_tls = account.settings["tls"] == TLS
        host = public_host()
        own = account.settings["from_address"].rpartition("@")[2] if host == "localhost" else host
        super().__init__(local_hostname=own, timeout=seconds)
        self._host = account.settings["host"]  # what certificates are held against

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        problem: OSError = TimeoutError("no time left")
        for address in addresses_of(host, port):
            try:
                plain = socket.create_connection((address, port), timeout)
            except OSError as error:
                problem = error
                continue
            return client_context().wrap_socket(plain, server_hostname=host) if self.is_tls else plain
        raise problem


class SmtpLine:
    """Sends by one connection, made with the first message and made anew when it was lost."""

    def __init__(self, account: Opened, limits: Limits) -> None:
        self.account, self.limits = account, limits
        self._server: smtplib.SMTP | None = None
        self._wire: Wire | None = None
        self._took_at = float("-inf")

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one message."""
        try:
            to, is_ascii = envelope_address(outgoing.to)
            given = outgoing.content.sender or self.account.settings["from_address"]
            sender, _is_ascii = envelope_address(given)
            pieces = outgoing.content.wire or (bytes_of(outgoing, self.account),)
        except MessageUnfit as error:
            return Refused(str(error), "unfit")
        if (size := sum(map(len, pieces))) > self.limits.size:
            return Refused(f"It has {size} bytes; at most {self.limits.size} go.", "size")
        try:
            server = self._ready()
            above = signature(pieces, from_address=self._from(outgoing.content))
        except CannotConnect as error:
            return Later(str(error), "connection", is_account=True)
        except CannotSign as error:
            return Later(str(error), "dkim", is_account=True)
        options = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
        if not is_ascii and not server.has_extn("smtputf8"):
            return Refused("The mail server takes no addresses with letters beyond ASCII.", "smtputf8")
        options += [] if is_ascii else ["SMTPUTF8"]
        is_steady = self._is_steady
        with ended_after(self.limits.seconds, lambda: _hung_up(server)):
            outcome = self._passed(server, sender, to, _wired(above, pieces), options)
        if is_steady and isinstance(outcome, Later) and outcome.code in GONE:
            return self.send(outgoing)  # it had hung up since the last one, and was told nothing of this
        self._took_at = time.monotonic() if isinstance(outcome, Sent) else float("-inf")
        return outcome

    def _from(self, content: Content) -> str:
        """Return who a message is from; nothing where it says that itself."""
        return "" if content.raw or content.wire else self.account.settings["from_address"]

    @property
    def _is_steady(self) -> bool:
        """Whether the last message was taken a moment ago by this very connection."""
        return self._server is not None and time.monotonic() - self._took_at < STEADY_SECONDS

    def close(self) -> None:
        """Take leave of the server."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()
            self._forget()

    def connect(self) -> smtplib.SMTP:
        """Connect and log in. Raises CannotConnect."""
        settings = self.account.settings
        server: smtplib.SMTP | None = None
        try:
            server = Pinned(self.account, CONNECT_SECONDS)
            held(server.connect(settings["host"], settings["port"]), (220,))
            server.ehlo_or_helo_if_needed()
            if settings["tls"] == STARTTLS:
                server.starttls(context=client_context())
                server.ehlo()
            if settings.get("user"):
                server.login(settings["user"], self.account.secrets.get("password", ""))
        except (smtplib.SMTPException, OSError, ServerSaid, FetchFailed, AddressRefused, ValueError) as error:
            if server is not None:
                server.close()
            raise CannotConnect(_said(error)) from error
        return server

    def _ready(self) -> smtplib.SMTP:
        """Return a server that answers; one that took its leave meanwhile is asked anew."""
        if self._server is not None and not self._is_steady:
            try:
                code, _words = self._server.rset()
            except (smtplib.SMTPException, OSError):
                code = 0
            if code != 250:
                self.close()
        if self._server is None:
            self._server = self.connect()
        return self._server

    def _passed(
        self, server: smtplib.SMTP, sender: str, to: str, pieces: Sequence[bytes], options: list[str]
    ) -> Outcome:
        words = "".join(f" {each}" for each in options)
        is_told = False
        try:
            wire = self._wire = self._wire or Wire(_socket(server))
            introduced(wire, sender, to, words, is_pipelined=server.has_extn("pipelining"))
            is_told = True
            wire.say(*pieces)
            taken = held(wire.reply(), TAKEN)
        except ServerSaid as said:
            if said.code == 421 or not wire.is_quiet:
                self.close()
            return _outcome(said)
        except (OSError, ValueError) as error:
            self._forget()
            server.close()
            return Unknown(_said(error)) if is_told else Later(_said(error), "connection")
        if not wire.is_quiet:
            self.close()
        return Sent(taken.decode("utf-8", "replace"))

    def _forget(self) -> None:
        self._server, self._wire, self._took_at = None, None, float("-inf")


def _wired(above: bytes, pieces: Sequence[bytes]) -> Sequence[bytes]:
    """Return what is said of a message, with its end."""
    return (above, *pieces, END) if len(pieces) > 1 else (ended(above + pieces[0]),)


def _socket(server: smtplib.SMTP) -> socket.socket:
    if server.sock is None:
        raise NoReply("There is no connection.")
    return server.sock


def _outcome(said: ServerSaid) -> Outcome:
    """Return what follows: 4xx may heal, 5xx does not (RFC 5321, section 4.2.1)."""
    words = f"{said.code} {said.words}"
    return Refused(words, str(said.code)) if 500 <= said.code < 600 else Later(words, str(said.code))


def _hung_up(server: smtplib.SMTP) -> None:
    """Break off what takes too long: a server that sends a byte a second keeps within any time-out."""
    held = server.sock
    if held is not None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)


def _said(error: Exception) -> str:
    """Return what an error says; of a server's answer its words."""
    if isinstance(error, ServerSaid):
        return f"{error.code} {error.words}"
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        return f"{error.smtp_code} {text}"
    if isinstance(error, AddressRefused | FetchFailed):
        return str(error)
    return f"{type(error).__name__}: {error}"
