"""Addresses for bounces: made, read back in any case, refused when forged, cut or old."""

from datetime import date, timedelta

import pytest

from zoco.mail.answers.verp import (
    HOLDS_DAYS,
    NUMBER_MOST,
    AddressWrong,
    Returned,
    address,
    first_opened,
    opened,
)

KEY = b"0123456789abcdef"
DAY = date(2026, 7, 20)


def made(number: int = 42, before_plus: str = "") -> str:
    return address(number=number, sent_on=DAY, key=KEY, domain="bounces.example.org", before_plus=before_plus)


@pytest.mark.parametrize("number", [0, 1, 42, NUMBER_MOST])
@pytest.mark.parametrize("before_plus", ["", "news", "a" * 31])
def test_what_was_put_in_comes_out_in_any_case(number: int, before_plus: str) -> None:
    found = made(number, before_plus)

    assert len(found.partition("@")[0]) <= 64
    for written in (found, found.upper(), found.title()):
        assert opened(written, key=KEY, today=DAY) == Returned(number, DAY)


def test_every_single_change_is_refused() -> None:
    good = made()
    local = good.partition("@")[0]
    letters = "abcdefghijklmnopqrstuvwxyz234567"

    for at in range(2, len(local)):
        for letter in letters:
            if letter != local[at]:
                with pytest.raises(AddressWrong):
                    opened(f"{local[:at]}{letter}{local[at + 1 :]}@bounces.example.org", key=KEY, today=DAY)


@pytest.mark.parametrize(
    "wrong", ["", "@", "b-@x", "ann@example.org", made()[1:], made()[:20] + "@x", "x" + made()]
)
def test_what_is_cut_or_another_address_is_refused(wrong: str) -> None:
    with pytest.raises(AddressWrong):
        opened(wrong, key=KEY, today=DAY)


def test_another_key_and_no_key_are_refused() -> None:
    for key in (b"another", b""):
        with pytest.raises(AddressWrong, match="not signed"):
            opened(made(), key=key, today=DAY)


def test_it_holds_for_its_time() -> None:
    last = DAY + timedelta(days=HOLDS_DAYS)

    assert opened(made(), key=KEY, today=last).number == 42
    with pytest.raises(AddressWrong, match="held for"):
        opened(made(), key=KEY, today=last + timedelta(days=1))


@pytest.mark.parametrize(
    ("number", "sent_on", "before_plus"),
    [(-1, DAY, ""), (NUMBER_MOST + 1, DAY, ""), (1, date(2019, 1, 1), ""), (1, DAY, "a" * 32)],
)
def test_what_does_not_fit_is_not_made(number: int, sent_on: date, before_plus: str) -> None:
    with pytest.raises(AddressWrong):
        address(number=number, sent_on=sent_on, key=KEY, domain="example.org", before_plus=before_plus)


def test_the_first_address_that_holds_is_taken() -> None:
    assert first_opened(["shop@example.org", made(7)], key=KEY, today=DAY) == Returned(7, DAY)
    assert first_opened(["shop@example.org"], key=KEY, today=DAY) is None
