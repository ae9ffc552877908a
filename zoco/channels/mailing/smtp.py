"""A line to a mail server (RFC 5321): what was refused, what may be tried again, what nobody can know.

Until the server has the whole message it has not taken it; once it has, and says nothing, nobody knows.
"""

import smtplib
import socket
import time
from contextlib import suppress
from typing import Any

from zoco.channels.contract import Later, Limits, Opened, Outcome, Outgoing, Refused, Sent, Unknown
from zoco.channels.domains.dkim import CannotSign
from zoco.channels.domains.signing import signed
from zoco.channels.mailing.mime import MessageUnfit, bytes_of, envelope_address
from zoco.kit.deadlines import ended_after
from zoco.kit.http import AddressRefused, FetchFailed, addresses_of
from zoco.kit.staff_mail import public_host
from zoco.kit.tls import client_context

CONNECT_SECONDS = 20.0
STEADY_SECONDS = 5.0
"""So long after it took a message a server is not asked whether it still is there."""
GONE = ("connection", "421")
"""What is said of a connection that was there a moment ago."""
STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"


class ServerSaid(Exception):
    """The server answered something other than yes."""

    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words.decode("utf-8", "replace")

    @property
    def outcome(self) -> Outcome:
        """What follows: 4xx may heal, 5xx does not (RFC 5321, section 4.2.1)."""
        said = f"{self.code} {self.words}"
        return Refused(said, str(self.code)) if 500 <= self.code < 600 else Later(said, str(self.code))


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
        self._took_at = float("-inf")

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one message."""
        try:
            to, is_ascii = envelope_address(outgoing.to)
            given = outgoing.content.sender or self.account.settings["from_address"]
            sender, _is_ascii = envelope_address(given)
            raw = bytes_of(outgoing, self.account)
        except MessageUnfit as error:
            return Refused(str(error), "unfit")
        if len(raw) > self.limits.size:
            return Refused(f"It has {len(raw)} bytes; at most {self.limits.size} go.", "size")
        try:
            server = self._ready()
            raw = signed(
                raw, from_address="" if outgoing.content.raw else self.account.settings["from_address"]
            )
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
            outcome = self._passed(server, sender, to, raw, options)
        if is_steady and isinstance(outcome, Later) and outcome.code in GONE:
            return self.send(outgoing)  # it had hung up since the last one, and was told nothing of this
        self._took_at = time.monotonic() if isinstance(outcome, Sent) else float("-inf")
        return outcome

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
            self._server, self._took_at = None, float("-inf")

    def connect(self) -> smtplib.SMTP:
        """Connect and log in. Raises CannotConnect."""
        settings = self.account.settings
        server: smtplib.SMTP | None = None
        try:
            server = Pinned(self.account)
            _held(server.connect(settings["host"], settings["port"]), 220)
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

    def _passed(self, server: smtplib.SMTP, sender: str, to: str, raw: bytes, options: list[str]) -> Outcome:
        if "SMTPUTF8" in options:
            server.command_encoding = "utf-8"
        is_told = False
        try:
            _introduced(server, sender, to, options)
            is_told = True
            server.send(_dotted(raw))
            _code, words = _held(server.getreply(), 250)
        except ServerSaid as said:
            if said.code == 421:
                self.close()
            return said.outcome
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._server, self._took_at = None, float("-inf")
            server.close()
            return Unknown(_said(error)) if is_told else Later(_said(error), "connection")
        finally:
            server.command_encoding = "ascii"
        return Sent(words.decode("utf-8", "replace"))


def _hung_up(server: smtplib.SMTP) -> None:
    """Break off what takes too long: a server that sends a byte a second keeps within any time-out."""
    held = server.sock
    if held is not None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)


def _introduced(server: smtplib.SMTP, sender: str, to: str, options: list[str]) -> None:
    """Say from whom and to whom, and ask to begin; in one go where the server takes that (RFC 2920)."""
    if not server.has_extn("pipelining"):
        _held(server.mail(sender, options), 250)
        _held(server.rcpt(to), 250, 251)
        _held(server.docmd("DATA"), 354)
        return
    words = "".join(f" {each}" for each in options)
    server.send(f"MAIL FROM:<{sender}>{words}\r\nRCPT TO:<{to}>\r\nDATA\r\n")
    mail, rcpt, data = server.getreply(), server.getreply(), server.getreply()
    is_wanted = mail[0] == 250 and rcpt[0] in (250, 251)
    if data[0] == 354 and not is_wanted:
        server.send(b".\r\n")  # nobody takes it, but the server waits for its end
        server.getreply()
    _held(mail, 250)
    _held(rcpt, 250, 251)
    _held(data, 354)


def _held(reply: tuple[int, bytes], *expected: int) -> tuple[int, bytes]:
    if reply[0] not in expected:
        raise ServerSaid(*reply)
    return reply


def _dotted(raw: bytes) -> bytes:
    """Return a message with its end, and lines that begin with a dot doubled (RFC 5321, section 4.5.2)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


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
