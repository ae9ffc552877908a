"""Asking a name server, with the standard library alone: what a name or an address is called, in time.

Over UDP, one question at a time. An answer that does not fit, is cut short or comes from elsewhere is none.
"""

import ipaddress
import re
import secrets
import socket
import struct
import time
from pathlib import Path

A, PTR, AAAA = 1, 12, 28
PORT = 53
SECONDS = 2.0
RESOLV = Path("/etc/resolv.conf")
_HEADER = struct.Struct(">HHHHHH")
_ASKED, _TRUNCATED, _NO_SUCH_NAME = 0x0100, 0x0200, 3
_HOPS_MOST = 64
_LABEL = re.compile(rb"[A-Za-z0-9_-]{1,63}")


class NoAnswer(OSError):
    """The name server said nothing that helps; it may another time."""


def server_of(text: str) -> tuple[str, int]:
    """Return address and port of a name server: as written, or the first of this machine's own.

    Raises ValueError for what is none.
    """
    if not text:
        text = _machines_own()
    host, _, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "")
    host = host.strip("[]")
    ipaddress.ip_address(host)
    return host, int(port or PORT)


def names_of(address: str, server: tuple[str, int]) -> tuple[str, ...]:
    """Return what an address is called, in lower case without the last dot. Raises NoAnswer."""
    reverse = ipaddress.ip_address(address).reverse_pointer
    try:
        records = [(answer, at) for answer, at, length in _ask(reverse, PTR, server) if length]
        return tuple(_name(answer, at)[0].lower() for answer, at in records)
    except IndexError as error:
        raise NoAnswer("a record that is cut off") from error


def addresses_of(name: str, kind: int, server: tuple[str, int]) -> frozenset[str]:
    """Return the addresses of a name: A or AAAA. Raises NoAnswer."""
    size = 4 if kind == A else 16
    found = (answer[at : at + length] for answer, at, length in _ask(name, kind, server))
    return frozenset(str(ipaddress.ip_address(raw)) for raw in found if len(raw) == size)


def _machines_own() -> str:
    try:
        lines = RESOLV.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "nameserver" and rest.strip():
            return rest.strip().partition("%")[0]
    return "127.0.0.1"


def _ask(name: str, kind: int, server: tuple[str, int]) -> list[tuple[bytes, int, int]]:
    """Return the answer, place and length of each record of this kind. Raises NoAnswer.

    What it says of an error names neither what was asked, which may be a visitor's address, nor what came.
    """
    number = secrets.randbelow(1 << 16)
    question = _written(name) + struct.pack(">HH", kind, 1)
    asked = _HEADER.pack(number, _ASKED, 1, 0, 0, 0) + question
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    end = time.monotonic() + SECONDS
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as door:
            door.connect(server)
            door.send(asked)
            while (left := end - time.monotonic()) > 0:
                door.settimeout(left)
                answer = door.recv(4_096)
                if answer[:2] == asked[:2] and answer[12 : 12 + len(question)].lower() == question.lower():
                    return _records(answer, 12 + len(question), kind)
    except NoAnswer:
        raise
    except (OSError, struct.error, IndexError) as error:
        raise NoAnswer(getattr(error, "strerror", None) or type(error).__name__) from error
    raise NoAnswer("no answer in time")


def _records(answer: bytes, at: int, kind: int) -> list[tuple[bytes, int, int]]:
    _, flags, _, count, _, _ = _HEADER.unpack_from(answer)
    if flags & _TRUNCATED or flags & 15 not in (0, _NO_SUCH_NAME) or not flags & 0x8000:
        raise NoAnswer(f"code {flags & 15}")
    found = []
    for _ in range(count):
        at = _name(answer, at)[1]
        its, _, _, length = struct.unpack_from(">HHIH", answer, at)
        at += 10
        if its == kind:
            found.append((answer, at, length))
        at += length
    return found


def _written(name: str) -> bytes:
    labels = [label.encode("ascii") for label in name.rstrip(".").split(".")]
    if any(not 0 < len(label) < 64 for label in labels) or sum(map(len, labels)) > 250:
        raise NoAnswer("what is asked is no name")
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def _name(answer: bytes, at: int) -> tuple[str, int]:
    """Return the name that stands here, and where what follows it begins. Raises IndexError, NoAnswer."""
    labels, after = [], 0
    for _ in range(_HOPS_MOST):
        size = answer[at]
        if size >= 0xC0:
            after = after or at + 2
            at = (size & 0x3F) << 8 | answer[at + 1]
        elif size:
            label = answer[at + 1 : at + 1 + size]
            if not _LABEL.fullmatch(label):
                raise NoAnswer("a name of other letters")
            labels.append(label.decode("ascii"))
            at += 1 + size
        else:
            return ".".join(labels), after or at + 1
    raise NoAnswer("a name that does not end")
