"""A token holds for its use, its site and its time, and not a letter further."""

import hashlib
import hmac

import pytest

from zoco.kit.signing import TokenWrong, opened, sign

KEY = bytes(range(32))
NOW = 1_790_000_000
TOKEN = sign(use="login", person=42, expires=NOW + 60, key=KEY)


def test_token_is_what_any_language_makes_of_the_guide() -> None:
    signature = hmac.new(KEY, b"login.42.1790000060", hashlib.sha256).hexdigest()

    assert f"login.42.1790000060.{signature}" == TOKEN
    assert opened(TOKEN, key=KEY, now=NOW, uses=("login",)) == ("login", 42)


@pytest.mark.parametrize(
    ("token", "key", "now", "why"),
    [
        (TOKEN, KEY, NOW + 60, "expired"),
        (TOKEN, KEY, NOW - 86_400, "more than 86400 seconds"),
        (TOKEN, b"x" * 32, NOW, "not signed"),
        (TOKEN, b"", NOW, "not signed"),
        (TOKEN.replace(".42.", ".43."), KEY, NOW, "not signed"),
        (TOKEN.replace("login", "click"), KEY, NOW, "not signed"),
        ("42", KEY, NOW, "form"),
        ("", KEY, NOW, "form"),
        (TOKEN + "0" * 200, KEY, NOW, "form"),
        (sign(use="login", person=1 << 63, expires=NOW + 60, key=KEY), KEY, NOW, "too large"),
    ],
)
def test_token_that_does_not_hold_says_why(token: str, key: bytes, now: int, why: str) -> None:
    with pytest.raises(TokenWrong, match=why):
        opened(token, key=key, now=now, uses=("login",))


def test_token_for_a_link_is_none_for_a_login() -> None:
    token = sign(use="click", person=42, expires=NOW + 60, key=KEY)

    with pytest.raises(TokenWrong, match="no use here"):
        opened(token, key=KEY, now=NOW, uses=("login", "form"))
