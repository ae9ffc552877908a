"""Whoever consented is joined to the person that a log-in or a form of this Django project proves.

A site elsewhere signs a token instead, with the key of its site (`zoco site person-key`).
"""

from typing import Any

from django.http import HttpRequest

from zoco.kit.ids import hash63
from zoco.ledger.outbox import joining
from zoco.sites import conf, reads
from zoco.sites.consenting.visitors import IdWrong, visitor_known

COOKIE = "zoco_id"


def person_join(request: HttpRequest, person: int, *, by: str = "form") -> bool:
    """Join the browser of a request to a person; False, and nothing is kept, where that may not be.

    It may not without consent, where the browser asks for privacy (GPC, DNT), and on hosts that no site has.
    The fact lives and dies with the transaction around it. Raises FactWrong for what is no person's number.
    """
    who = request.COOKIES.get(COOKIE, "")
    site = reads.site_with_host(request.get_host()) if who and not _asks_privacy(request) else None
    if site is None:
        return False
    try:
        known = visitor_known(site=site.pk, who=who)
    except IdWrong:
        return False
    joining.join(site=site.pk, known=known, person=person, by=by)
    return True


def person_of_user(user: Any) -> int:
    """Return the number of a Django user as a person: its key, or a hash of a key that is no number."""
    key = user.pk
    return key if isinstance(key, int) and key > 0 else hash63(b"user", str(key).encode())


def logged_in(sender: object, request: HttpRequest | None, user: Any, **_: object) -> None:
    """Join somebody who logs in, where the installation says so."""
    if conf.JOIN_LOGINS() and request is not None and not getattr(user, "is_staff", False):
        person_join(request, person_of_user(user), by="login")


def _asks_privacy(request: HttpRequest) -> bool:
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"
