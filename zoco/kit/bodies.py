"""What programs send as JSON, read into a type: whatever is no such JSON is one error and no other."""

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

# A sign that PostgreSQL keeps in no text; written out, an even number of backslashes before it are their own.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def json_read(body: bytes, kind: type[T]) -> T:
    """Return what a body says. Raises msgspec.MsgspecError, also for one that is nested too deeply."""
    if _NUL.search(body):
        raise msgspec.DecodeError(r"JSON holds the sign \u0000, which no text has")
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError as error:
        raise msgspec.DecodeError("JSON is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("JSON is written in UTF-8") from error
