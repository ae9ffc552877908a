"""What a tracker may send: the shape and the limits, stated here and nowhere else.

A request is one fact or a list of them, as JSON. Whatever goes over a limit is refused in whole and
told to the sender: nothing is cut in silence.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from zoco.collector.reasons import Reason, Refused
from zoco.kit.signing import TOKEN_LONGEST

BODY_BYTES = 65_536
FACTS = 100
URL_LONGEST = 8_192
TITLE_LONGEST = 500
EVENT = re.compile(r"[\w][\w .:/-]{0,63}")
PROPS_BYTES = 16_384
"""Of all properties of a fact as compact JSON in UTF-8; how many there are does not matter."""
PROPS_DEEPEST = 8
PROP_NAME = re.compile(r"[^\W\d][\w .:-]{0,63}")
SUBJECT_LONGEST = 128
SHOP = {
    "shop.product.viewed": "product",
    "shop.basket.added": "product",
    "shop.basket.removed": "product",
    "shop.checkout.begun": "basket",
    "trials.arm.shown": "trial",
}
"""Events that are facts of a shop or a trial, and what each is about; an order is told by the server that
takes it.
"""
VITALS = {"lcp": 86_400_000, "inp": 86_400_000, "ttfb": 86_400_000, "cls": 10_000}
"""Core Web Vitals and the most that each can be: milliseconds, and the score of layout shifts."""
NUMBER_MOST = 2**53
AMOUNT_MOST = Decimal("99999999999999")
CURRENCY = re.compile(r"[A-Z]{3}")
SCREEN_MOST = 100_000
AGE_MOST = 24 * 3_600_000
"""Milliseconds. Older facts lie beyond the salts that are still there."""
ENGAGED_MOST = 24 * 3_600_000
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

WHO = re.compile(r"[A-Za-z0-9_-]{22,64}")
PURPOSES = 20
PURPOSE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
CHOICES = frozenset(("given", "withdrawn"))

Type = Literal["view", "engagement", "event", "vitals", "consent", "person"]


class Proof(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody was shown before the choice: the words, their version, their language (BCP 47).

    When it was and on which page, the fact itself says.
    """

    text: Annotated[str, Meta(max_length=4_000)] = ""
    version: Annotated[str, Meta(max_length=64)] = ""
    language: Annotated[str, Meta(max_length=35)] = ""


class Sent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fact as it is sent.

    `url` is the whole address of the page. `age` says how many milliseconds ago it happened. `event` names
    an event of the site's own, `ms` is how long a page was really looked at, `scroll` how much of it was
    seen (0 to 100). `amount` is a decimal number as text. `driven` says that a program drives the browser.
    `status` is that of a page that is not there or failed, `subject` the product of a shop's fact. `who` is
    the id in the cookie of whoever consented; `choice`, `purposes` and `proof` are of a choice ("consent").
    `person` is a signed token of the site's server that says who `who` is ("person").
    `staff` is the mark of a browser of the site's own people.
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
    status: int = 0
    subject: str = ""
    who: str = ""
    choice: str = ""
    purposes: tuple[str, ...] = ()
    proof: Proof | None = None
    person: str = ""
    staff: str = ""


_decoder = msgspec.json.Decoder(list[Sent] | Sent)
_encoder = msgspec.json.Encoder()


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
    if sent.props or sent.type == "vitals":
        _check_props(sent)


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
    if (sent.who or sent.choice or sent.purposes or sent.proof or sent.type == "consent") and not _is_consent(
        sent
    ):
        return Reason.BAD_CONSENT
    if sent.person or sent.type == "person":
        return _over_as_person(sent)
    return _over_as_event(sent) if sent.type == "event" else _over_as_page(sent)


def _over_as_person(sent: Sent) -> Reason | None:
    if sent.type != "person" or not sent.person or len(sent.person) > TOKEN_LONGEST or sent.props:
        return Reason.BAD_PERSON
    return _over_as_page(sent) if sent.who else Reason.NO_CONSENT


def _is_consent(sent: Sent) -> bool:
    """Return whether the id of whoever consented, and a choice where there is one, have their shape."""
    if sent.who and not WHO.fullmatch(sent.who):
        return False
    if sent.type != "consent":
        return not sent.choice and not sent.purposes and sent.proof is None
    are_purposes = len(sent.purposes) <= PURPOSES and all(map(PURPOSE.fullmatch, sent.purposes))
    return sent.choice in CHOICES and are_purposes and not sent.props


def _over_as_page(sent: Sent) -> Reason | None:
    if sent.event or sent.amount or sent.currency or sent.quantity or sent.subject:
        return Reason.BAD_EVENT
    if sent.status and not (sent.type == "view" and 400 <= sent.status <= 599):
        return Reason.BAD_NUMBER
    in_bounds = 0 <= sent.ms <= ENGAGED_MOST and 0 <= sent.scroll <= 100
    return None if in_bounds else Reason.BAD_NUMBER


def _over_as_event(sent: Sent) -> Reason | None:
    if not EVENT.fullmatch(sent.event):
        return Reason.BAD_EVENT
    if abs(sent.quantity) > NUMBER_MOST or sent.ms or sent.scroll or sent.status:
        return Reason.BAD_NUMBER
    if sent.subject or sent.event in SHOP:
        return _over_as_shop(sent)
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
    # Not abs(): it raises for an exponent beyond those that are calculated with.
    if not read.is_finite() or read.copy_abs() > AMOUNT_MOST or read != round(read, 4):
        raise Refused(Reason.BAD_MONEY)
    return round(read, 4)


def _over_as_shop(sent: Sent) -> Reason | None:
    """Hold a fact of a shop to its shape: products and trials are named, money comes with the order alone."""
    kind = SHOP.get(sent.event)
    is_one = kind is not None and bool(sent.subject) == (kind in ("product", "trial"))
    if not is_one or len(sent.subject) > SUBJECT_LONGEST or sent.amount or sent.currency:
        return Reason.BAD_SUBJECT
    return None


def _check_props(sent: Sent) -> None:
    if sent.type == "vitals":
        if not sent.props or not all(map(_is_vital, sent.props.items())):
            raise Refused(Reason.BAD_NUMBER)
        return
    if not _is_value(sent.props, PROPS_DEEPEST):
        raise Refused(Reason.BAD_PROPS)
    size = len(_encoder.encode(sent.props))
    if size > PROPS_BYTES:
        raise Refused(Reason.BAD_PROPS, f"These have {size:,} bytes.")


def _is_vital(pair: tuple[str, Any]) -> bool:
    name, value = pair
    return type(value) in (int, float) and name in VITALS and 0 <= value <= VITALS[name]


def _is_value(value: Any, deepest: int) -> bool:
    """Return whether this is a text, a number, true or false, or a list or object of such."""
    if isinstance(value, dict):
        return deepest > 0 and all(
            PROP_NAME.fullmatch(name) and _is_value(each, deepest - 1) for name, each in value.items()
        )
    if isinstance(value, list):
        return deepest > 0 and all(_is_value(each, deepest - 1) for each in value)
    if isinstance(value, (str, bool)):
        return True
    # Not of a number that is none; a whole number may be too long to be looked at as anything else.
    return isinstance(value, (int, float)) and abs(value) <= NUMBER_MOST
