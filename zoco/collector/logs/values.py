"""What single values of a log line give, by the rules of the steps.

Each is worked out once and remembered, and gives all the columns that hang on it.
"""

from typing import NamedTuple

from zoco.collector.logs.text import address_text, request_parts, text
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.blocking import check_caller, check_page
from zoco.collector.steps.device import device_of, evidence_of
from zoco.collector.steps.place import place_of
from zoco.collector.steps.search import PAGES, searched, term_of
from zoco.collector.steps.target import is_asset, name_of, parts, props_of
from zoco.collector.steps.verdict import judge
from zoco.collector.steps.visitor import framed_address
from zoco.kit.ids import framed
from zoco.ledger.schema import encoder
from zoco.sites.blocking.lists import Guard

Kind = tuple[str, bool, str]


class Asked(NamedTuple):
    """What a request line gives: the path, what kind of request, the query.

    A kind is the method, whether it is an asset, and what was searched for on the site.
    """

    path: str
    kind: Kind
    query: str


def asked_of(request: bytes, search_parameters: tuple[str, ...] = (), guard: Guard | None = None) -> Asked:
    """Read a request line; one that is none gives empty values. Raises Refused for a page that is blocked."""
    method, target = request_parts(request)
    path, query = parts(target)
    check_page(guard, path)
    term = term_of(query, search_parameters) if query else ""
    return Asked(path, (method, is_asset(path), term), query)


def head_of(key: tuple[Kind, bytes]) -> tuple[str, int, str]:
    """Return name, status and props of a kind of request and a status.

    Raises Refused with BAD_STATUS or BAD_REQUEST.
    """
    (method, asset, term), code = key
    if not code.isdigit() or len(code) != 3:
        raise Refused(Reason.BAD_STATUS)
    status = int(code)
    name = name_of(method, status, asset=asset)
    props = props_of(method) | (searched(term) if name in PAGES else {})
    return name, status, encoder.encode(props).decode()


def agent_of(raw: bytes) -> tuple[str | bytes, ...]:
    """Return verdict, reason, device, evidence, and the user agent as a pseudonym is made of it."""
    user_agent = text(raw) if raw else None
    verdict, reason = judge(user_agent)
    kept = evidence_of(user_agent)
    return (verdict, reason, *device_of(user_agent), kept, framed((user_agent or "").encode()))


def whence_of(raw: bytes, guard: Guard | None = None) -> tuple[str | bytes, ...]:
    """Return country, region, city, the address, and the address as a pseudonym is made of it.

    Raises Refused with UNREADABLE, or for who is blocked.
    """
    address = address_text(raw)
    place = place_of(address)
    check_caller(guard, address, place.country)
    return (*place, address, framed_address(address))
