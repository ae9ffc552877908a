"""A mail server that says what no server may: the visit ends with words, and nothing is written down."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
from django.utils import timezone

from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.mail.inbox.reading import mailbox_read, password_seal

pytestmark = pytest.mark.django_db
MAIL = b"From: ana@shop.example\r\nSubject: Hi\r\n\r\nHello\r\n"


class Talk(socketserver.StreamRequestHandler):
    """Enough of IMAP for one visit; `said` takes the place of what an honest server says to a command."""

    said: ClassVar[dict[str, bytes]] = {}

    def handle(self) -> None:
        """Answer line by line."""
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode("ascii", "replace").split():
            tag, words = line[0], line[1:]
            name = words[1] if words[0].upper() == "UID" else words[0]
            self.wfile.write(self.said.get(name.upper(), b"") + f"{tag} OK done\r\n".encode())


@contextmanager
def server(**said: bytes) -> Iterator[Mailbox]:
    """Run one; gives its mailbox."""
    usual = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
        "SELECT": b"* OK [UIDVALIDITY 7] valid\r\n",
        "SEARCH": b"* SEARCH 1\r\n",
        "FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n" % (len(MAIL), MAIL),
    }
    kind = type("Talking", (Talk,), {"said": usual | said})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        box = Mailbox(name="box", host="127.0.0.1", port=made.server_address[1], encryption="plain", user="u")
        password_seal(mailbox=box, password="honeycomb")
        box.save()
        yield box
        made.shutdown()


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({}, 1),
        ({"SEARCH": b"* SEARCH 1 18446744073709551616 4294967296\r\n"}, 1),
        ({"SEARCH": b"* SEARCH " + b"9" * 5_000 + b"\r\n"}, 0),
        ({"SELECT": b"* OK [UIDVALIDITY 99999999999999999999999] valid\r\n"}, 1),
        ({"FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\n"}, 0),
    ],
)
def test_numbers_that_are_none_break_nothing(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, bytes], count: int
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")

    with server(**said) as box:
        assert mailbox_read(mailbox=box, now=timezone.now()) == count

    box.refresh_from_db()
    assert [each.uid for each in Arrival.objects.all()] == [1] * count
    assert bool(box.failure) == (count == 0)
