"""The first step of a live fact: the page that it speaks of, and what kind of fact it is."""

import re
from typing import NamedTuple

from zoco.collector.event import Event
from zoco.collector.live.wire import Sent
from zoco.collector.masks import clean_path, masked, plain_text
from zoco.collector.reasons import Reason, Refused
from zoco.ledger.schema import Fact

VIEWED = "web.page.viewed"
ENGAGED = "web.page.engaged"
SENT = "web.event.sent"
NAMES = {"view": VIEWED, "engagement": ENGAGED, "event": SENT}
EVENT_KIND = "event"
DRIVEN = "driven by a program"
# Lower bounds of classes of screen width, in CSS pixels.
SCREENS = ((1920, "≥1920"), (1440, "1440-1919"), (1024, "1024-1439"), (768, "768-1023"), (480, "480-767"))
NARROW = "<480"


_URL = re.compile(r"https?://([^/?#\\\s]+)((?:/[^?#]*)?)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)


class Address(NamedTuple):
    """A page's whole address in parts; path and query are still as they were sent."""

    host: str
    path: str
    query: str


def address(url: str) -> Address:
    """Take an address apart; a fragment that is a path (#/cart, #!/cart) belongs to the path.

    Raises Refused for what is no address of the web.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise Refused(Reason.BAD_URL)
    host, path, query, fragment = found.groups()
    path = path or "/"
    if fragment and fragment.startswith(("/", "!/")):
        path += f"%23{fragment.partition('?')[0]}"
    return Address(host, path, query or "")


def screen_of(width: int) -> str:
    """Return the class of a screen's width; "" when it is not known."""
    if not width:
        return ""
    return next((name for least, name in SCREENS if width >= least), NARROW)


def fill(event: Event, sent: Sent, where: Address) -> None:
    """Set name, path, title, screen, subject, properties; leave host and query for the next steps."""
    fact = event.fact
    event.host, event.query, event.referrer = where.host, where.query, sent.referrer
    fact.path = clean_path(where.path.encode("utf-8", "surrogatepass"))
    fact.title = masked(plain_text(sent.title)) if sent.title else ""
    fact.screen = screen_of(sent.screen)
    fact.name = NAMES[sent.type]
    fact.props = sent.props
    if sent.type == "event":
        fact.subject_kind, fact.subject = EVENT_KIND, sent.event
        fact.quantity = sent.quantity
    elif sent.type == "engagement":
        fact.quantity = sent.ms
        fact.props = sent.props | {"scroll": sent.scroll} if sent.scroll else sent.props


def driven(fact: Fact) -> None:
    """Judge a fact of a browser that says that a program drives it, unless it is a bot by its name."""
    if fact.verdict == "human":
        fact.verdict, fact.reason = "headless", DRIVEN
