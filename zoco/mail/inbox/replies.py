"""The page of replies: what people wrote who got letters, without what they quoted."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from zoco.ledger.views.heads import head
from zoco.mail.inbox.letters import letters_named
from zoco.mail.inbox.models import Reply
from zoco.mail.inbox.reads import Replies, replies_page
from zoco.people.models import Person
from zoco.people.opening import for_whom

SEE = "zoco_mail.view_reply"
MAILBOXES = "zoco_mail.view_mailbox"
PAGE = 50
SHOWN = 600
"""Characters of a reply that stand in the list; the rest is opened."""
DIGITS = 18


@for_whom(SEE)
def replies(request: HttpRequest) -> HttpResponse:
    """List what people wrote, of everybody or of one person."""
    whose, before, after = (_number(request.GET.get(name, "")) for name in ("person", "before", "after"))
    found = replies_page(person=whose, before=before, after=0 if before else after, size=PAGE)
    if not found.rows and (before or after):  # they are gone meanwhile
        found = replies_page(person=whose, size=PAGE)
    named = letters_named(each.arrival.message for each in found.rows)
    shown = {
        **head(_("Replies"), "mail"),
        "lines": [_line(each, named) for each in found.rows],
        "person": Person.objects.filter(pk=whose).first() if whose else None,
        "is_narrowed": bool(whose),
        "may_see_mailboxes": request.user.has_perm(MAILBOXES),
        **_ways(found, whose),
    }
    return render(request, "zoco/mail/inbox/replies.html", shown)


def _line(reply: Reply, named: Mapping[int, str]) -> dict[str, Any]:
    words = reply.text.strip()
    return {
        "reply": reply,
        "letter": named.get(reply.arrival.message_id or 0, ""),
        "words": Truncator(words).chars(SHOWN),
        "more": words if len(words) > SHOWN else "",
    }


def _ways(found: Replies, whose: int) -> dict[str, str]:
    kept = {"person": whose} if whose else {}
    ways = {"newer": "", "older": ""}
    if found.rows and found.has_newer:
        ways["newer"] = "?" + urlencode({**kept, "after": found.rows[0].pk})
    if found.rows and found.has_older:
        ways["older"] = "?" + urlencode({**kept, "before": found.rows[-1].pk})
    return ways


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
