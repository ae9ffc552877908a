"""Host names that people write down."""

import pytest

from zoco.kit.hosts import host_named


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.Shop.example/page", "www.shop.example"),
        ("localhost:8000", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:80", "[::1]"),
        ("яндекс.рф", "xn--d1acpjx3f.xn--p1ai"),
        ("3com.example", "3com.example"),
        ("my_shop.example.", "my_shop.example"),
        ("a.b-c.example", "a.b-c.example"),
        ("-5", ""),
        ("9999", ""),
        ("shop.123", ""),
        ("1.2.3", ""),
        ("shop-.example", ""),
        ("shop..example", ""),
        (".example", ""),
        ("shop example", ""),
        ("", ""),
    ],
)
def test_host_is_taken_from_what_was_written(text: str, host: str) -> None:
    assert host_named(text) == host
