"""A real mail server on loopback that answers as it is told, and refuses lines that are too long."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Mailbox:
    """Keeps what arrives. `answers` are replies by stage, or "hang up"."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.raw: list[bytes] = []
        self.times: list[float] = []
        """When each letter came, by the clock of the machine."""
        self.answers: dict[str, str] = {}
        self.logins: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self.port = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, told: Any) -> Any:
        """Count a connection."""
        session.host_name = hostname
        self.connections += 1
        return told

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        """Take an address, or not."""
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter."""
        answer = self.answers.get("data", "250 taken as 42")
        if answer == "hang up":
            self.raw.append(envelope.content)
            server.transport.abort()
            return "250 OK"
        if any(len(line) > 998 for line in envelope.content.split(b"\r\n")):
            return "550 5.6.0 line too long"
        if answer.startswith("2"):
            self.raw.append(envelope.content)
            self.times.append(time.time())
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    def logged_in(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        """Let in who knows the word; repeat what was said where not, as careless servers do."""
        self.logins.append((given.login, given.password))
        if given.password == b"honeycomb":
            return AuthResult(success=True)
        said = f"535 5.7.8 no user with {given.password.decode()}"
        return AuthResult(success=False, handled=False, message=said)


@contextmanager
def mailbox(**more: Any) -> Iterator[Mailbox]:
    """Run a mail server meanwhile."""
    kept = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        kept.port = free.getsockname()[1]
    controller = Controller(
        kept, hostname="127.0.0.1", port=kept.port, authenticator=kept.logged_in, enable_SMTPUTF8=True, **more
    )
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
