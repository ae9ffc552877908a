"""What single values of a log line give, by the rules of the steps.

Each is worked out once and remembered, and gives all the columns that hang on it.
"""

from typing import NamedTuple

from zoco.collector.logs.text import address_text, request_parts, text
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.device import device_of, evidence_of
from zoco.collector.steps.place import place_of
from zoco.collector.steps.target import is_asset, name_of, parts, props_of
from zoco.collector.steps.verdict import judge
from zoco.collector.steps.visitor import framed_address
from zoco.kit.ids import framed
from zoco.ledger.schema import encoder


class Asked(NamedTuple):
    """What a request line gives: the path, what kind of request, the query."""

    path: str
    kind: tuple[str, bool]
    query: str


def asked_of(request: bytes) -> Asked:
    """Read a request line; one that is none gives empty values."""
    method, target = request_parts(request)
    path, query = parts(target)
    return Asked(path, (method, is_asset(path)), query)


def head_of(key: tuple[tuple[str, bool], bytes]) -> tuple[str, int, str]:
    """Return name, status and props of a kind of request and a status.

    Raises Refused with BAD_STATUS or BAD_REQUEST.
    """
    (method, asset), code = key
    if not code.isdigit() or len(code) != 3:
        raise Refused(Reason.BAD_STATUS)
    status = int(code)
    return name_of(method, status, asset=asset), status, encoder.encode(props_of(method)).decode()


def agent_of(raw: bytes) -> tuple[str | bytes, ...]:
    """Return verdict, reason, device, evidence, and the user agent as a pseudonym is made of it."""
    user_agent = text(raw) if raw else None
    verdict, reason = judge(user_agent)
    kept = evidence_of(user_agent)
    return (verdict, reason, *device_of(user_agent), kept, framed((user_agent or "").encode()))


def whence_of(raw: bytes) -> tuple[str | bytes, ...]:
    """Return country, region, city, and the address as a pseudonym is made of it.

    Raises Refused with UNREADABLE.
    """
    address = address_text(raw)
    return (*place_of(address), framed_address(address))
