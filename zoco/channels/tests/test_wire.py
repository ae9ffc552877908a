"""What a mail server answers, however it comes in pieces, and what is no answer at all."""

import socket
from collections.abc import Iterator

import pytest

from zoco.channels.mailing.wire import NoReply, ServerSaid, Wire, at_once, ended, introduced


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """Give our end of a connection and the server's."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with ours, theirs:
        yield Wire(ours), theirs


def test_answers_of_several_lines_and_several_at_once_are_told_apart(
    ends: tuple[Wire, socket.socket],
) -> None:
    wire, server = ends
    server.sendall(b"250-mail.example\r\n250-SIZE\r\n250 OK\r\n354 go on\r\n250\n421 bye")

    found = [at_once(wire.reply()) for _ in range(3)]

    assert found == [(250, b"mail.example\nSIZE\nOK"), (354, b"go on"), (250, b"")]
    assert not wire.is_quiet, "something else was said that nobody asked for"


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n", b"25\r\n", b"250 half", b"2" * 70_000, b"\xff\xfe\r\n"]
)
def test_what_is_no_answer_is_said_to_be_none(ends: tuple[Wire, socket.socket], said: bytes) -> None:
    wire, server = ends
    server.sendall(said)
    server.shutdown(socket.SHUT_WR)

    with pytest.raises(NoReply):
        at_once(wire.reply())


@pytest.mark.parametrize("is_pipelined", [True, False])
def test_a_server_that_takes_nobody_and_waits_for_data_is_given_their_end(
    ends: tuple[Wire, socket.socket], *, is_pipelined: bool
) -> None:
    wire, server = ends
    server.sendall(b"250 OK\r\n550 nobody\r\n" + b"354 go on\r\n250 queued for nobody\r\n" * is_pipelined)

    with pytest.raises(ServerSaid, match="nobody") as said:
        at_once(
            introduced(wire, "a@shop.example", "b@shop.example", " BODY=8BITMIME", is_pipelined=is_pipelined)
        )

    assert said.value.code == 550
    heard = server.recv(1_000)
    assert heard.startswith(b"MAIL FROM:<a@shop.example> BODY=8BITMIME\r\nRCPT TO:<b@shop.example>\r\n")
    assert heard.endswith(b"DATA\r\n.\r\n") is is_pipelined
    assert wire.is_quiet


def test_dots_at_the_beginning_of_a_line_are_doubled() -> None:
    assert ended(b".a\r\n..b\r\nc.") == b"..a\r\n...b\r\nc.\r\n.\r\n"
    assert ended(b"a\r\n") == b"a\r\n.\r\n"
