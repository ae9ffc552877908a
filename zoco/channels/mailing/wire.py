"""What is said over a connection to a mail server, and what it answers (RFC 5321, section 4.2).

The standard library opens connections, makes them safe and logs in; each message then costs two writes and
what the answers take to read.
"""

import socket
from collections.abc import Callable, Container, Generator
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from ssl import SSLSocket, SSLWantReadError, SSLWantWriteError
from typing import TypeVar

REPLY_LONGEST = 65_536
MAIL, RCPT, DATA = (250,), (250, 251), (354,)
"""Answers that let it go on."""
T = TypeVar("T")
Steps = Generator[int, None, T]
"""Steps that end with a value; each asks to wait until a socket can be read or written (`selectors`)."""
END = b".\r\n"
PIECES_MOST = 500
"""In one call of the system, which takes 1,024 (IOV_MAX of Linux)."""
_CHUNK = 4_096


class ServerSaid(Exception):
    """The server answered something other than what was hoped for."""

    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words.decode("utf-8", "replace")


class NoReply(OSError):
    """The server hung up, or what it said is no answer."""


class Wire:
    """A connection that is open. `is_quiet`: nothing was said that nobody asked for.

    What it does are steps: whoever goes through them may be told to wait, where the socket does not block.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._held = b""

    @property
    def is_quiet(self) -> bool:
        """Whether all that came was an answer to something."""
        return not self._held

    def say(self, *said: bytes) -> Steps[None]:
        """Write. Raises OSError."""
        if len(said) == 1 or len(said) > PIECES_MOST or isinstance(self.sock, SSLSocket):
            left = memoryview(b"".join(said))
        else:
            sent = yield from tried(lambda: self.sock.sendmsg(said), EVENT_WRITE)
            left = memoryview(b"".join(said) if sent < sum(map(len, said)) else b"")[sent:]
        while left:
            sent = yield from tried(partial(self.sock.send, left), EVENT_WRITE)
            left = left[sent:]

    def reply(self) -> Steps[tuple[int, bytes]]:
        """Return the code and the words of the next answer, its lines joined. Raises NoReply, OSError."""
        words: list[bytes] = []
        size = 0
        while True:
            line = yield from self._line()
            size += len(line)
            code, mark = line[:3], line[3:4]
            if len(code) < 3 or not code.isdigit() or mark not in (b" ", b"-", b"") or size > REPLY_LONGEST:
                raise NoReply(f"This is no answer of a mail server: {line[:80]!r}")
            words.append(line[4:].strip())
            if mark != b"-":
                return int(code), b"\n".join(words)

    def _line(self) -> Steps[bytes]:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > REPLY_LONGEST:
                raise NoReply("The mail server's answer has no end.")
            more = yield from tried(lambda: self.sock.recv(_CHUNK), EVENT_READ)
            if not more:
                raise NoReply("The mail server hung up.")
            self._held += more
        line, self._held = self._held[:end].rstrip(b"\r"), self._held[end + 1 :]
        return line


def tried(call: Callable[[], T], waits_for: int) -> Steps[T]:
    """Return what a call returns, waiting where it would block: encryption may read in order to write."""
    while True:
        try:
            return call()
        except SSLWantReadError:
            yield EVENT_READ
        except SSLWantWriteError:
            yield EVENT_WRITE
        except BlockingIOError:
            yield waits_for


def at_once(steps: Steps[T]) -> T:
    """Go through steps over a socket that blocks; they never ask to wait."""
    try:
        next(steps)
    except StopIteration as end:
        value: T = end.value
        return value
    raise BlockingIOError("This socket does not block.")


def held(reply: tuple[int, bytes], codes: Container[int]) -> bytes:
    """Return the words of an answer that has one of these codes. Raises ServerSaid for another."""
    if reply[0] not in codes:
        raise ServerSaid(*reply)
    return reply[1]


def introduced(wire: Wire, sender: str, to: str, options: str, *, is_pipelined: bool) -> Steps[None]:
    """Say from whom and to whom, and ask to begin; in one go where the server takes that (RFC 2920).

    Raises ServerSaid, OSError.
    """
    words = [f"MAIL FROM:<{sender}>{options}\r\n", f"RCPT TO:<{to}>\r\n", "DATA\r\n"]
    lines = [each.encode() for each in words]
    if not is_pipelined:
        for line, codes in zip(lines, (MAIL, RCPT, DATA), strict=True):
            yield from wire.say(line)
            held((yield from wire.reply()), codes)
        return
    yield from wire.say(b"".join(lines))
    mail = yield from wire.reply()
    rcpt = yield from wire.reply()
    data = yield from wire.reply()
    is_wanted = mail[0] in MAIL and rcpt[0] in RCPT
    if data[0] in DATA and not is_wanted:
        yield from wire.say(END)  # nobody takes it, but the server waits for its end
        yield from wire.reply()
    held(mail, MAIL)
    held(rcpt, RCPT)
    held(data, DATA)


def ended(raw: bytes) -> bytes:
    """Return a message with its end, and lines that begin with a dot doubled (RFC 5321, section 4.5.2)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..") if b"\r\n." in raw else raw
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed + (END if stuffed.endswith(b"\r\n") else b"\r\n" + END)
