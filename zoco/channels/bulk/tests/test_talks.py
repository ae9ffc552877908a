"""Messages that go over lines which are connected, without a thread each: what servers do in the middle."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zoco.channels.adapters.email import EmailChannel
from zoco.channels.bulk.pool import Landed, Pool
from zoco.channels.contract import Content, Later, Sent, Unknown
from zoco.channels.domains.signing import signer_of
from zoco.channels.drafts import Claimed
from zoco.channels.mailing.smtp import SmtpLine
from zoco.channels.tests.test_email import certified
from zoco.testing.channels import account_of

HEAD = b"From: news@shop.example\r\nSubject: Honey\r\n\r\n"
EMAIL = EmailChannel()


class Server:
    """A mail server of one thread for each connection, which keeps what it hears, and does as it is told."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.heard = bytearray()
        self.connections = self.ended = 0
        self.context: ssl.SSLContext | None = None
        self.does = ""
        """From now on: "hang up" before a message, or "stall" at its end."""

    def serve(self, listening: socket.socket) -> None:
        """Take connections until nobody listens any more."""
        while True:
            try:
                sock, _where = listening.accept()
            except OSError:
                return
            self.connections += 1
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with suppress(OSError), sock, sock.makefile("rb") as lines:
            sock.sendall(b"220 mail.example\r\n")
            for line in lines:
                self.heard += line
                word = line[:4].upper()
                if word == b"MAIL" and self.does == "hang up":
                    self.does = ""
                    return
                if word == b"EHLO":
                    sock.sendall(b"250-mail.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                elif word != b"DATA":
                    sock.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n")
                else:
                    sock.sendall(b"354 go on\r\n")
                    self._letter(sock, lines)
        self.ended += 1

    def _letter(self, sock: socket.socket, lines: Any) -> None:
        letter = bytearray()
        for line in lines:
            self.heard += line
            if line == b".\r\n":
                self.letters.append(bytes(letter))
                time.sleep(3 if self.does == "stall" else 0)
                sock.sendall(b"250 taken\r\n")
                return
            letter += line


@pytest.fixture
def server(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, int]]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    assert signer_of("news@shop.example") is None  # asked here, it is known in threads
    kept = Server()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        threading.Thread(target=kept.serve, args=(listening,), daemon=True).start()
        yield kept, listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def pool_to(port: int, channel: EmailChannel = EMAIL, *, is_tls: bool = False) -> Iterator[Pool]:
    """Give a line to a server that took a message already."""
    settings: dict[str, Any] = {
        "from_address": "news@shop.example",
        "host": "127.0.0.1",
        "port": port,
        "user": "",
    }
    settings["tls"] = "tls" if is_tls else "plain"
    account = account_of(channel, settings)
    with Pool(channel, account, 1) as pool:
        assert passed(pool, b"first\r\n") == Sent("taken")
        yield pool


def give(pool: Pool, *body: bytes) -> None:
    claimed = Claimed(
        message=1, key="k", uid="1", tries=1, to="ana@shop.example", name="", account=pool.account,
        account_key=1, channel=pool.channel, content=Content(), person=1,
    )  # fmt: skip
    pool.give([(claimed, Content(wire=(HEAD, *body)))])


def passed(pool: Pool, *body: bytes) -> Any:
    give(pool, *body)
    landed: list[Landed] = []
    until = time.monotonic() + 10
    while not landed and time.monotonic() < until:
        landed = pool.landed(0.5)
    [(_claimed, outcome)] = landed
    return outcome


@pytest.mark.parametrize("is_tls", [False, True])
def test_large_letters_arrive_whole_however_little_goes_at_once(
    server: tuple[Server, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_tls: bool
) -> None:
    kept, port = server
    if is_tls:
        kept.context = certified(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    pieces = [b"%07d honey\r\n" % n * 80 for n in range(1_500)]
    with pool_to(port, is_tls=is_tls) as pool:
        give(pool, *pieces[:450])
        assert [outcome for _claimed, outcome in pool.landed(10)] == [Sent("taken")]
        assert passed(pool, *pieces) == Sent("taken")

    assert kept.connections == 1
    assert kept.letters[1:] == [HEAD + b"".join(pieces[:450]), HEAD + b"".join(pieces)]


def test_a_server_that_hung_up_before_a_message_is_given_it_anew(server: tuple[Server, int]) -> None:
    kept, port = server
    with pool_to(port) as pool:
        kept.does = "hang up"
        assert passed(pool, b"second\r\n") == Sent("taken")
        assert passed(pool, b"third\r\n") == Sent("taken")

    assert kept.connections == 2
    assert [each.removeprefix(HEAD) for each in kept.letters] == [b"first\r\n", b"second\r\n", b"third\r\n"]


def test_a_server_that_says_nothing_in_the_end_leaves_it_unknown(server: tuple[Server, int]) -> None:
    kept, port = server
    quick = EmailChannel()
    quick.limits = replace(EmailChannel.limits, seconds=0.5)
    with pool_to(port, quick) as pool:
        kept.does = "stall"
        outcome = passed(pool, b"second\r\n")
        assert isinstance(outcome, Unknown)
        kept.does = ""
        assert passed(pool, b"third\r\n") == Sent("taken")

    assert kept.connections == 2


def test_whoever_leaves_in_the_middle_hangs_up_and_says_no_more(server: tuple[Server, int]) -> None:
    kept, port = server
    with pool_to(port) as pool:
        kept.does = "stall"
        give(pool, b"second\r\n")

    until = time.monotonic() + 5
    while not kept.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert b"QUIT" not in kept.heard
    assert len(kept.letters) <= 2


def test_what_an_adapter_does_that_nobody_foresaw_leaves_it_unknown(
    server: tuple[Server, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept, port = server

    def failing(self: SmtpLine, *given: Any) -> Iterator[int]:
        raise ZeroDivisionError
        yield 0

    with pool_to(port) as pool:
        with monkeypatch.context() as patched:
            patched.setattr(SmtpLine, "_said", failing)
            assert isinstance(passed(pool, b"second\r\n"), Unknown)
        assert not isinstance(passed(pool, b"third\r\n"), Later)
