"""What never reaches a path or a referrer."""

import random
import time

import pytest

from zoco.kit.masks import clean_path, clean_referrer, masked, readable

PATHS = [
    (b"/a/b", "/a/b"),
    (b"/a?token=1#x", "/a"),
    (b"/a#x?y", "/a"),
    (b"", ""),
    (b"/caf%C3%A9", "/café"),
    (b"/caf\xc3\xa9", "/café"),
    (b"/caf%E9", "/caf%E9"),
    (b"/caf\xe9", "/caf%E9"),
    (b"/%e4%bb%b7%e6%a0%bc", "/价格"),
    (b"/a%2Fb%3Fc%23d%25e", "/a%2Fb%3Fc%23d%25e"),
    (b"/a%20b c", "/a%20b%20c"),
    (b"/%00%0a%1b", "/%00%0A%1B"),
    (b"/100%", "/100%"),
    (b"/%zz", "/%zz"),
    (b"/%41%62c", "/Abc"),
    (b"/\xe2\x80\xae", "/%E2%80%AE"),
    (b"/unsubscribe/jane.doe@mail.example.com", "/unsubscribe/(email)"),
    (b"/unsubscribe/jane%40mail.example", "/unsubscribe/(email)"),
    (b"/unsubscribe/jane%2540mail.example/x", "/unsubscribe/(email)/x"),
    (b"/@jane/posts", "/@jane/posts"),
    (b"/reset/9f86d081884c7d659a2feaa0c55ad015", "/reset/(token)"),
    (b"/order/123e4567-e89b-12d3-a456-426614174000/pay", "/order/(uuid)/pay"),
    (b"/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/t/(jwt)"),
    (b"/s/aB3dE5fG7hJ9kL1mN3pQ", "/s/(token)"),
    (b"/x/AbC1-dE2_fG3hI4jK5lM6nO7pQ8", "/x/(token)"),
    (b"/cart;jsessionid=ABCDEF0123456789", "/cart"),
    (b"/card/4111111111111111", "/card/(token)"),
    (b"/2014-05-17-my-Trip-2-Rome-in-3-Days", "/2014-05-17-my-Trip-2-Rome-in-3-Days"),
    (b"/logstashmonitorama2013/kibana3", "/logstashmonitorama2013/kibana3"),
    (b"/app.3f2a9c1b.js", "/app.3f2a9c1b.js"),
    (b"/how-to-use-h264-and-x265-in-mp4", "/how-to-use-h264-and-x265-in-mp4"),
    (b"/20150517100503", "/20150517100503"),
]


@pytest.mark.parametrize(("raw", "path"), PATHS)
def test_path_is_readable_and_masked(raw: bytes, path: str) -> None:
    assert clean_path(raw) == path


def test_path_is_bounded() -> None:
    assert len(clean_path(b"/" + b"a b" * 10_000)) == 1024


def test_reading_again_changes_nothing_for_escaped_bytes() -> None:
    rng = random.Random(5)
    for _ in range(2_000):
        raw = bytes(rng.choice(b"%0123456789abcdefABCDEF/?# \x00\xff\xc3\xa9az") for _ in range(30))
        text = readable(raw)
        assert text.isprintable()
        assert " " not in text
        text.encode()


@pytest.mark.alone
def test_masking_takes_linear_time() -> None:
    began = time.process_time()

    for text in ("a1" * 4_000, "a@" * 4_000, "A-1_" * 2_000, "%40" * 3_000, "eyJ" * 3_000, "x" * 8_000 + "@"):
        masked("/" + text)

    assert time.process_time() - began < 5


def test_referrer_loses_query_user_and_fragment() -> None:
    assert clean_referrer("https://u:p@h.example/a?b=c&d#e") == "https://h.example/a?b=*&d=*"
    assert clean_referrer("nonsense jane@x.example") == "nonsense%20(email)"
    assert len(clean_referrer("https://h.example/" + "ab/" * 3000)) == 1024
