"""The id of whoever consented: a keyed hash of what the browser's own cookie holds. And who it is, where
a token proves that.

The visitor beside it stays the pseudonym of the day, so that a visit goes on through a choice, and days
can be counted alike with consent and without. A browser that says Global Privacy Control or Do Not
Track has no id here, whatever it sends.
"""

import re

from zoco.collector.reasons import Reason, Refused
from zoco.kit.ids import known_number
from zoco.kit.signing import TokenWrong, opened
from zoco.sites.published import PublishedSite

NOTHING = "nothing"
CLICKED = re.compile(r"(?:^|&)zt=([^&]+)")
"""A click token among the parameters of a page's address, which is kept nowhere."""


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


def person_key(site: PublishedSite) -> bytes:
    """Return the key with which a site's server signs persons, b"" where none was published yet."""
    return bytes.fromhex(site.person_key)


def person_of(key: bytes, token: str, now: int, *uses: str) -> int:
    """Return the person that a token names; `now` in microseconds. Raises Refused."""
    try:
        return opened(token, key=key, now=now // 1_000_000, uses=uses).person
    except TokenWrong as wrong:
        raise Refused(Reason.BAD_PERSON, str(wrong)) from None


def clicked(key: bytes, query: str, now: int) -> int:
    """Return the person whose link was followed, 0 for a page without one. Raises Refused."""
    found = CLICKED.search(query)
    return person_of(key, found[1], now, "click") if found else 0


def private(site: PublishedSite, said: str) -> str:
    """Return what is said of a browser that asks for privacy: nothing. Raises Refused.

    It is counted without an id, or where the site wants that not at all. Consent it cannot give, and be
    joined to a person neither: it can only say that it withdraws.
    """
    if site.privacy_signals == NOTHING or said not in ("", "withdrawn"):
        raise Refused(Reason.PRIVACY_SIGNAL)
    return ""
