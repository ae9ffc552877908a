"""A line to a mail server (RFC 5321): what was refused, what may be tried again, what nobody can know.

Until the server has the whole message it has not taken it; once it has, and says nothing, nobody knows.
"""

import smtplib
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zoco.channels.contract import Content, Later, Limits, Opened, Outcome, Outgoing, Refused, Sent, Unknown
from zoco.channels.domains.dkim import CannotSign
from zoco.channels.domains.signing import signature
from zoco.channels.mailing.deadlines import ended_after
from zoco.channels.mailing.mime import MessageUnfit, bytes_of, envelope_address
from zoco.channels.mailing.wire import END, NoReply, ServerSaid, Steps, Wire, at_once, ended, held, introduced
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
            told = self._told(outgoing)
            if not isinstance(told, _Told):
                return told
            server = self._ready()
            above = signature(told.pieces, from_address=self._from(outgoing.content))
        except CannotConnect as error:
            return Later(str(error), "connection", is_account=True)
        except CannotSign as error:
            return Later(str(error), "dkim", is_account=True)
        is_steady = self._is_steady
        outcome = at_once(self._passed(server, told, above))
        if is_steady and _is_gone(outcome):
            return self.send(outgoing)  # it had hung up since the last one, and was told nothing of this
        return outcome

    def talk(self, outgoing: Outgoing) -> "Talk | None":
        """Begin to send one message over a connection that took one a moment ago; None where there is none.

        What cannot be sent so is sent by `send`, which says why.
        """
        if not self._is_steady or self._server is None:
            return None
        try:
            told = self._told(outgoing)
            if not isinstance(told, _Told):
                return None
            above = signature(told.pieces, from_address=self._from(outgoing.content))
            sock = _socket(self._server)
        except (CannotSign, NoReply):
            return None
        return Talk(sock, self._passed(self._server, told, above))

    def _told(self, outgoing: Outgoing) -> "_Told | Refused":
        try:
            to, is_ascii = envelope_address(outgoing.to)
            given = outgoing.content.sender or self.account.settings["from_address"]
            sender, _is_ascii = envelope_address(given)
            pieces = outgoing.content.wire or (bytes_of(outgoing, self.account),)
        except MessageUnfit as error:
            return Refused(str(error), "unfit")
        if (size := sum(map(len, pieces))) > self.limits.size:
            return Refused(f"It has {size} bytes; at most {self.limits.size} go.", "size")
        return _Told(sender, to, is_ascii, pieces)

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

    def _passed(self, server: smtplib.SMTP, told: "_Told", above: bytes) -> Steps[Outcome]:
        options = " BODY=8BITMIME" if server.has_extn("8bitmime") else ""
        if not told.is_ascii and not server.has_extn("smtputf8"):
            return Refused("The mail server takes no addresses with letters beyond ASCII.", "smtputf8")
        options += "" if told.is_ascii else " SMTPUTF8"
        with ended_after(self.limits.seconds, lambda: _hung_up(server)):
            try:
                outcome = yield from self._said(server, told, options, _wired(above, told.pieces))
            except BaseException:  # left in the middle, or nobody foresaw it: what is said next is not heard
                self._close_abruptly(server)
                raise
        self._took_at = time.monotonic() if isinstance(outcome, Sent) else float("-inf")
        return outcome

    def _said(
        self, server: smtplib.SMTP, told: "_Told", options: str, pieces: Sequence[bytes]
    ) -> Steps[Outcome]:
        is_pipelined = server.has_extn("pipelining")
        is_told = False
        try:
            wire = self._wire = self._wire or Wire(_socket(server))
            yield from introduced(wire, told.sender, told.to, options, is_pipelined=is_pipelined)
            is_told = True
            yield from wire.say(*pieces)
            taken = held((yield from wire.reply()), TAKEN)
        except ServerSaid as said:
            if said.code == 421 or not wire.is_quiet:
                self._close_abruptly(server)
            return _outcome(said)
        except (OSError, ValueError) as error:
            self._close_abruptly(server)
            return Unknown(_said(error)) if is_told else Later(_said(error), "connection")
        if not wire.is_quiet:
            self._close_abruptly(server)
        return Sent(taken.decode("utf-8", "replace"))

    def _close_abruptly(self, server: smtplib.SMTP) -> None:
        """Hang up: what would be said now might be taken for a part of a message."""
        self._forget()
        server.close()

    def _forget(self) -> None:
        self._server, self._wire, self._took_at = None, None, float("-inf")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a mail server is told of one message."""

    sender: str
    to: str
    is_ascii: bool
    pieces: Sequence[bytes]


class Talk:
    """A message on its way over a connection (`contract.Talk`)."""

    def __init__(self, sock: socket.socket, steps: Steps[Outcome]) -> None:
        self.sock, self._steps = sock, steps
        self._seconds = sock.gettimeout()
        self.waits_for, self.is_void = 0, False
        sock.setblocking(False)

    def go_on(self) -> Outcome | None:
        """Do what can be done without waiting; None where there is more to do."""
        try:
            self.waits_for = next(self._steps)
            return None
        except StopIteration as end:
            if self.sock.fileno() >= 0:
                self.sock.settimeout(self._seconds)
            outcome: Outcome = end.value
            self.is_void = _is_gone(outcome)
            return outcome

    def abandon(self) -> None:
        """Hang up in the middle."""
        self._steps.close()


def _is_gone(outcome: Outcome) -> bool:
    """Tell whether a connection was no more, and nothing was said of a message."""
    return isinstance(outcome, Later) and outcome.code in GONE


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
