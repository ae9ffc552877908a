"""Bodies of JSON: what cannot be read is one error."""

from typing import Any

import msgspec
import pytest

from zoco.kit.bodies import json_read


class Said(msgspec.Struct):
    data: dict[str, Any] = {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":' + b'{"a":' * 20_000,
        b'{"data":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
        b'{"data":{"\xff":1}}',
        b'{"data":{"a":"\\u0000"}}',
        b'{"data":{"a":"\\\\\\u0000"}}',
        b'{"data":{"a":"\\ud800"}}',
        b'{"data":{"a":1e999}}',
        b"\xff\xfe",
        b"",
    ],
)
def test_whatever_is_no_json_of_ours_is_one_error(body: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        json_read(body, Said)


def test_a_backslash_that_is_meant_is_read() -> None:
    assert json_read(b'{"data":{"a":"\\\\u0000"}}', Said).data == {"a": "\\u0000"}
