"""The page that a live fact speaks of, and what kind of fact it is."""

import re
from typing import Any, NamedTuple

import msgspec

from zoco.collector.live.wire import SHOP, Proof, Sent
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.verdict import DRIVEN, Judgement
from zoco.ledger.store.joins import JOINED

VIEWED = "web.page.viewed"
ENGAGED = "web.page.engaged"
SENT = "web.event.sent"
MISSED = "web.error.viewed"
VITALS = "web.vitals.measured"
NAMES = {"view": VIEWED, "engagement": ENGAGED, "event": SENT, "vitals": VITALS, "person": JOINED}
CONSENT = {"given": "web.consent.given", "withdrawn": "web.consent.withdrawn"}
EVENT_KIND = "event"
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


def name_of(sent: Sent) -> str:
    """Return the name of the fact: a page that is not there is no page view, what a shop knows has names."""
    if sent.status:
        return MISSED
    if sent.type == "consent":
        return CONSENT[sent.choice]
    return sent.event if sent.event in SHOP else NAMES[sent.type]


def choice_of(sent: Sent) -> dict[str, Any]:
    """Return what is kept of a choice: its purposes and the proof of what was shown."""
    return {"purposes": list(sent.purposes), "proof": msgspec.to_builtins(sent.proof or Proof())}


def proof_of(sent: Sent) -> dict[str, Any]:
    """Return what is kept of a join: what proved it."""
    return {"by": sent.person.partition(".")[0]}


def screen_of(width: int) -> str:
    """Return the class of a screen's width; "" when it is not known."""
    if not width:
        return ""
    return next((name for least, name in SCREENS if width >= least), NARROW)


def driven(judged: Judgement) -> Judgement:
    """Judge a browser that says that a program drives it, unless it is a bot by its name."""
    return Judgement("headless", DRIVEN) if judged.verdict == "human" else judged
