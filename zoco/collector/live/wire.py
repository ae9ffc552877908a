"""What a tracker may send: the shape and the limits, stated here and nowhere else.

A request is one fact or a list of them, as JSON. Whatever goes over a limit is refused in whole and
told to the sender: nothing is cut in silence.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from zoco.collector.reasons import Reason, Refused

BODY_BYTES = 65_536
FACTS = 100
URL_LONGEST = 8_192
TITLE_LONGEST = 500
EVENT = re.compile(r"[\w][\w .:/-]{0,63}")
PROPS = 50
PROP_NAME = re.compile(r"[^\W\d][\w .:-]{0,63}")
PROP_LONGEST = 1_000
NUMBER_MOST = 2**53
AMOUNT_MOST = Decimal("99999999999999")
CURRENCY = re.compile(r"[A-Z]{3}")
SCREEN_MOST = 100_000
AGE_MOST = 24 * 3_600_000
"""Milliseconds. Older facts lie beyond the salts that are still there."""
ENGAGED_MOST = 24 * 3_600_000
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

Type = Literal["view", "engagement", "event"]


class Sent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fact as it is sent.

    `url` is the whole address of the page. `age` says how many milliseconds ago it happened. `event` names
    an event of the site's own, `ms` is how long a page was really looked at, `scroll` how much of it was
    seen (0 to 100). `amount` is a decimal number as text. `driven` says that a program drives the browser.
    """

    type: Type = "view"
    url: str
    id: str = ""
    referrer: str = ""
    title: str = ""
    screen: int = 0
    age: int = 0
    event: str = ""
    props: dict[str, Any] = {}
    ms: int = 0
    scroll: int = 0
    amount: str = ""
    currency: str = ""
    quantity: int = 0
    driven: bool = False


_decoder = msgspec.json.Decoder(list[Sent] | Sent)


def read(body: bytes) -> list[Sent]:
    """Read a request's body. Raises Refused."""
    if len(body) > BODY_BYTES:
        raise Refused(Reason.TOO_LARGE)
    try:
        found = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Reason.BAD_JSON, str(error)) from None
    sent = [found] if isinstance(found, Sent) else found
    if not sent:
        raise Refused(Reason.BAD_JSON, "The list of facts is empty.")
    if len(sent) > FACTS:
        raise Refused(Reason.TOO_MANY)
    return sent


def check(sent: Sent) -> None:
    """Hold one fact to the limits. Raises Refused."""
    reason = _over(sent)
    if reason is not None:
        raise Refused(reason)
    if sent.props:
        _check_props(sent.props)


def _over(sent: Sent) -> Reason | None:
    """Return which limit a fact goes over, properties aside."""
    if len(sent.url) > URL_LONGEST or len(sent.referrer) > URL_LONGEST or "\0" in sent.url:
        return Reason.BAD_URL
    if len(sent.title) > TITLE_LONGEST:
        return Reason.BAD_TITLE
    if sent.id and not ID.fullmatch(sent.id):
        return Reason.BAD_ID
    if not 0 <= sent.age <= AGE_MOST:
        return Reason.TOO_OLD
    if not 0 <= sent.screen <= SCREEN_MOST:
        return Reason.BAD_NUMBER
    return _over_as_event(sent) if sent.type == "event" else _over_as_page(sent)


def _over_as_page(sent: Sent) -> Reason | None:
    if sent.event or sent.amount or sent.currency or sent.quantity:
        return Reason.BAD_EVENT
    in_bounds = 0 <= sent.ms <= ENGAGED_MOST and 0 <= sent.scroll <= 100
    return None if in_bounds else Reason.BAD_NUMBER


def _over_as_event(sent: Sent) -> Reason | None:
    if not EVENT.fullmatch(sent.event):
        return Reason.BAD_EVENT
    if abs(sent.quantity) > NUMBER_MOST or sent.ms or sent.scroll:
        return Reason.BAD_NUMBER
    if bool(sent.amount) != bool(sent.currency):
        return Reason.BAD_MONEY
    is_money = not sent.currency or CURRENCY.fullmatch(sent.currency)
    return None if is_money else Reason.BAD_MONEY


def money(amount: str) -> Decimal:
    """Read an amount, at most four decimals. Raises Refused."""
    if not amount:
        return Decimal(0)
    try:
        read = Decimal(amount)
    except InvalidOperation:
        raise Refused(Reason.BAD_MONEY) from None
    if not read.is_finite() or abs(read) > AMOUNT_MOST or read != round(read, 4):
        raise Refused(Reason.BAD_MONEY)
    return round(read, 4)


def _check_props(props: dict[str, Any]) -> None:
    if len(props) > PROPS or not all(map(_is_prop, props.items())):
        raise Refused(Reason.BAD_PROPS)


def _is_prop(pair: tuple[str, Any]) -> bool:
    name, value = pair
    if not PROP_NAME.fullmatch(name):
        return False
    if isinstance(value, str):
        return len(value) <= PROP_LONGEST
    if isinstance(value, bool):
        return True
    # Not of a number that is none; a whole number may be too long to be looked at as anything else.
    return isinstance(value, (int, float)) and abs(value) <= NUMBER_MOST
