"""What letters ask of us: their image and their links. A GET leads on and is noted; it changes nothing else.

Where a link leads is known to the process after the first time, so links lead on while the database rests.
"""

from base64 import b64decode
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.channels.models import Message
from zoco.kit.signing import sign
from zoco.mail.counting.conf import COUNT_CLICKS, COUNT_OPENS, LINK_DAYS
from zoco.mail.counting.links import TRAP, LinkMeant, leads_to
from zoco.mail.counting.looks import look_keep
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.signs import HEAD, PROGRAM, signs_of
from zoco.mail.counting.tokens import Meant, TokenWrong, token_read
from zoco.people.models import NUMBER_BASE
from zoco.sites import salts
from zoco.sites.reads import site_with_host

IMAGE = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PROOF_SECONDS = 3_600
PROOF = "zt"


@never_cache
@require_safe
def image(request: HttpRequest, token: str) -> HttpResponse:
    """Give the image and note that a letter was opened; 404 for what is no token of ours."""
    try:
        meant = token_read(token)
    except TokenWrong:
        return HttpResponse(status=404)
    if COUNT_OPENS() and not _fetches_ahead(request) and not _is_over(meant):
        look_keep(meant=meant, kind=Look.Kind.OPEN, signs=signs_of(request), at=timezone.now())
    return HttpResponse(IMAGE, content_type="image/gif")


@never_cache
@require_safe
def link(request: HttpRequest, token: str, language: str, number: int) -> HttpResponse:
    """Lead on and note it. What is no link of ours says so with 404, an old one with 410."""
    try:
        meant = token_read(token)
        address = "" if number == TRAP else leads_to(LinkMeant(meant.batch, language[:10], number))
    except (TokenWrong, LetterLink.DoesNotExist):
        return _nowhere(request, _("There is no such link."), 404)
    except DatabaseError:
        return _nowhere(request, _("This link cannot be looked up now. Try again in a minute."), 503)
    if _is_over(meant):
        return _nowhere(request, _("This link has ended"), 410)
    signs = signs_of(request)
    if COUNT_CLICKS() and not _fetches_ahead(request):
        kind = Look.Kind.CLICK if address else Look.Kind.TRAP
        look_keep(
            meant=meant, kind=kind, signs=signs, at=timezone.now(), language=language[:10], number=number
        )
    if not address:
        return _nowhere(request, _("There is no such link."), 404)
    is_program = any(each == HEAD or each.startswith(PROGRAM) for each in signs)
    answer = HttpResponseRedirect(address if is_program else _with_proof(address, meant))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _with_proof(address: str, meant: Meant) -> str:
    """Return an address on a site of ours with the token that says who comes; see docs/guide/identity.md."""
    scheme, host, _path, _query, _fragment = urlsplit(address)
    if scheme != "https":
        return address
    try:
        site = site_with_host(host)
        person = site and Message.objects.filter(uid=meant.message).values_list("person", flat=True).first()
        if not site or not person:
            return address
        key = bytes.fromhex(salts.person_key(site.key_name))
    except (DatabaseError, OSError):
        return address
    expires = int((timezone.now() + timedelta(seconds=PROOF_SECONDS)).timestamp())
    token = sign(use="click", person=NUMBER_BASE | person, expires=expires, key=key)
    page, hash_, fragment = address.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{PROOF}={token}{hash_}{fragment}"


def _is_over(meant: Meant) -> bool:
    return meant.is_over(at=timezone.now(), days=LINK_DAYS())


def _fetches_ahead(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return "prefetch" in purpose


def _nowhere(request: HttpRequest, title: str, status: int) -> HttpResponse:
    said = {"title": title, "is_cut": status == 404}
    return render(request, "zoco/mail/nowhere.html", said, status=status)
