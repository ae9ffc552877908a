"""Any bytes: nothing raises, and twice the bytes take about twice the time."""

import random
import time
from collections.abc import Callable

import pytest

from zoco.mail.answers.fates import fate_of
from zoco.mail.answers.kinds import Kind
from zoco.mail.answers.reading import read
from zoco.mail.tests import samples

PIECES = [b"--=_line\n", b"=?utf-8?B?", b"?=", b"<", b">", b"&#x110000;", b"\x1b$B", b"\xff\xfe", b"\0", b"On ", b"=",
          b"Content-Type: multipart/mixed; boundary=\"\"\n\n", b"charset=idna", b"\n\n", b"\r", b":", b";" * 50, b"@" * 50]  # fmt: skip


def mutated(message: bytes, chance: random.Random) -> bytes:
    """Return a message with some bytes changed, cut, doubled or put in."""
    raw = bytearray(message)
    for _time in range(chance.randint(1, 8)):
        at = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[at : at + chance.randrange(80)]
            case 2:
                raw[at:at] = raw[at : at + chance.randrange(300)]
            case 3:
                raw[at:at] = chance.choice(PIECES)
            case _:
                raw = raw[:at]
    return bytes(raw)


def test_mutated_messages_never_raise() -> None:
    chance = random.Random(20260720)
    messages = list(samples.SAMPLES.values())

    kinds = set()
    for _time in range(2_000):
        answer = read(mutated(chance.choice(messages), chance))
        assert all(fate_of(each).why for each in answer.failures)
        kinds.add(answer.kind)

    assert kinds == set(Kind)


def test_random_bytes_never_raise() -> None:
    chance = random.Random(7)

    for length in (0, 1, 2, 10, 1_000, 100_000):
        for _time in range(20):
            read(chance.randbytes(length))


def nested(size: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number)
        for number in range(size // 60)
    )


HEAD = b"From: mailer-daemon@example.org\nSubject: failure notice\nReturn-Path: <>\n\n"
HARD: dict[str, Callable[[int], bytes]] = {
    "tags": lambda size: b"Content-Type: text/html\n\n" + b"<style" * (size // 6),
    "angles": lambda size: b"Content-Type: text/html\n\n" + b"<" * size,
    "entities": lambda size: b"Content-Type: text/html\n\n&#" + b"9" * size,
    "addresses": lambda size: HEAD + b"a@" * (size // 2),
    "dots": lambda size: HEAD + b"550 x@" + b"a." * (size // 2),
    "words": lambda size: b"Subject: " + b"=?a?b?" * (size // 6) + b"\n\nx",
    "folds": lambda size: b"Subject: x" + b"\n y" * (size // 3) + b"\n\nx",
    "spaces": lambda size: b"Subject: x" + b" " * size + b"y\n\n" + b" " * size,
    "boundaries": lambda size: b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"\n--ab" * (size // 5),
    "nested": nested,
    "quotes": lambda size: HEAD + b"> " * (size // 2),
    "on": lambda size: b"From: ann@example.org\n\n" + b"On x wrote\n" * (size // 11),
    "stars": lambda size: HEAD + b"account " * (size // 8),
    "status": lambda size: b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@example.org\n" * (size // 39),
    "digits": lambda size: HEAD + b"5.1." * (size // 4),
    "months": lambda size: b"From: a@example.org\nSubject: out of office\n\n" + b"1 January " * (size // 10),
    "json": lambda size: b"From: a@example.org\n\n" + b'{"mail":' * (size // 8),
}  # fmt: skip


@pytest.mark.alone
@pytest.mark.parametrize("name", HARD)
def test_time_grows_with_the_bytes_and_no_faster(name: str) -> None:
    def seconds(size: int) -> float:
        message = HARD[name](size)
        took = []
        for _time in range(2):
            began = time.process_time()
            read(message)
            took.append(time.process_time() - began)
        return min(took)

    small, large = seconds(60_000), seconds(480_000)

    assert large < 24 * small + 0.05
    assert large < 1.0
