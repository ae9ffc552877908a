"""The id of whoever consented: a keyed hash of what the browser's own cookie holds.

The visitor beside it stays the pseudonym of the day, so that a visit goes on through a choice, and days
can be counted alike with consent and without. A browser that says Global Privacy Control or Do Not
Track has no id here, whatever it sends.
"""

from zoco.collector.reasons import Reason, Refused
from zoco.kit.ids import known_number
from zoco.sites.published import PublishedSite

NOTHING = "nothing"


def visitor_key(site: PublishedSite) -> bytes:
    """Return the key of a site's ids, b"" where none was published yet."""
    return bytes.fromhex(site.visitor_key)


def known_visitor(key: bytes, who: str) -> int:
    """Return 63 bits for the id in a cookie, 0 for none. Raises Refused where there is no key yet."""
    if not who:
        return 0
    if not key:
        raise Refused(Reason.NO_SALT)
    return known_number(who, key)


def private(site: PublishedSite, choice: str) -> str:
    """Return what is said of a browser that asks for privacy: nothing. Raises Refused.

    It is counted without an id, or where the site wants that not at all; consent it cannot give.
    """
    if site.privacy_signals == NOTHING or choice == "given":
        raise Refused(Reason.PRIVACY_SIGNAL)
    return ""
