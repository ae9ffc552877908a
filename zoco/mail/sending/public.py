"""What people may read of letters without logging in: their own in the browser, and those in the archive."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from zoco.channels.models import Message
from zoco.consent.public.tokens import PREFERENCES_HOLD_DAYS, Links
from zoco.kit.hosts import plain_host
from zoco.kit.masks import plain_text
from zoco.mail.counting.conf import LINK_DAYS
from zoco.mail.counting.links import home
from zoco.mail.counting.tokens import Meant, TokenWrong, token_read
from zoco.mail.editing.printing import print_seen
from zoco.mail.editing.prints import SINGLE, Copy
from zoco.mail.letters.compiling import Compiled, compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import Draft, LetterWrong, language_chosen
from zoco.mail.letters.message import seen
from zoco.mail.letters.values import values_of
from zoco.mail.sending.freezing import thawed
from zoco.mail.sending.models import Leg, Sending
from zoco.people.models import Person
from zoco.sites.models import Hostname
from zoco.surveys.reads import links_open

SHOWN_MOST = 100
FRESH_SECONDS = 300
KEPT = "zoco_mail.archive"
NOBODYS = "#z-nobodys"
"""Where links lead that only a reader has who is known: to leave, to choose."""
_PART, _WAY = r"\s*[·•|]\s*", rf"<a\b[^>]*\bhref=[\"']{NOBODYS}[^>]*>.*?</a>"
_WAYS_OUT = [re.compile(each, re.I | re.S) for each in (_WAY + _PART, _PART + _WAY, _WAY)]
Found = tuple[Message, Person, Compiled, dict[str, Any]]
"""A message, its reader, its letter, and what is filled in besides what is known of the reader."""
POLICY = (
    "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
"""Pictures and styles of a letter may be anybody's; nothing in it runs."""


@never_cache
@require_safe
def online(request: HttpRequest, token: str) -> HttpResponse:
    """Show somebody the letter that he got; 404 for what is no token of ours, 410 for an old one."""
    now = timezone.now()
    try:
        meant = token_read(token, use="online")
    except TokenWrong:
        return _nowhere(request, _("There is no such letter."), 404)
    found = _copy(meant) if meant.batch >= SINGLE else _of_leg(meant)
    if found is None:
        return _nowhere(request, _("There is no such letter."), 404)
    if meant.is_over(at=now, days=LINK_DAYS()):
        return _nowhere(request, _("This link has ended"), 410)
    message, person, letter, values = found
    links = {**_ways(message, person, now), "online": request.path}
    try:
        holds = conditions_held(letter.conditions, [person.pk])[person.pk]
    except LetterWrong:
        holds = frozenset()
    # A page that is handed on does not let others answer surveys in its reader's name.
    shared = {"links": links, "survey": links_open(now.date())}
    return _shown(letter, {**values_of([person])[person.pk], **values, **shared}, holds)


def _ways(message: Message, person: Person, now: datetime) -> dict[str, str]:
    """Return ways out for a page that is handed on: they tell nobody what its reader chose.

    Unsubscribing by a link as old as these leads to no preferences.
    """
    old = Links(on=now.date() - timedelta(days=PREFERENCES_HOLD_DAYS + 1), base=home())
    ways, uid = Links(on=now.date(), base=home()), str(message.uid)
    return {
        "unsubscribe": old.unsubscribe(person=person, topic=message.topic, message=uid),
        "preferences": ways.preferences_asked(person=person, message=uid),
    }


def _of_leg(meant: Meant) -> Found | None:
    """Return what somebody got of a sending."""
    message = Message.objects.filter(uid=meant.message, batch=meant.batch).select_related("person").first()
    leg = Leg.objects.filter(batch=meant.batch).defer("people").first()
    if message is None or message.person is None or leg is None:
        return None
    person = message.person
    return message, person, _letter(leg.pk, language_chosen(person.language, _languages(leg))), {}


def _copy(meant: Meant) -> Found | None:
    """Return what somebody got on a journey, or by a program."""
    copies = Copy.objects.filter(message__uid=meant.message, print=meant.batch ^ SINGLE)
    copy = copies.select_related("print").first()
    message = Message.objects.filter(uid=meant.message).select_related("person").first()
    if copy is None or message is None or message.person is None:
        return None
    letter = print_seen(copy.print_id, copy.print.digest)
    return message, message.person, letter, {"data": copy.data or {}}


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def archive(request: HttpRequest) -> HttpResponse:
    """List the letters that everybody may read."""
    return render(request, "zoco/mail/archive.html", {"lines": _lines(request)})


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def feed(request: HttpRequest) -> HttpResponse:
    """List the same for programs that read news (RSS 2.0)."""
    made = Rss201rev2Feed(
        title=_("Letters"),
        link=home() + reverse("zoco_mail_archive"),
        description=_("Letters that everybody may read"),
        feed_url=home() + reverse("zoco_mail_feed"),
        language=get_language(),
    )
    for line in _lines(request):
        address = home() + line["url"]
        made.add_item(
            line["subject"], address, line["preview"], pubdate=line["at"], unique_id=str(line["uid"]),
            unique_id_is_permalink=False,
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def archived(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a letter of the archive, as somebody reads it of whom nothing is known."""
    leg = _leg(get_object_or_404(_public(request), uid=uid))
    if leg is None:
        raise Http404
    letter = _letter(leg.pk, language_chosen(get_language() or "", _languages(leg)))
    links = {"unsubscribe": NOBODYS, "preferences": NOBODYS, "online": request.path}
    shared = {"links": links, "survey": links_open(timezone.now().date())}
    return _answer(letter, _without_ways(seen(letter, shared).html))


def _without_ways(html: str) -> str:
    """Return a letter without the links that only a known reader has, and without what parts them."""
    for each in _WAYS_OUT:
        html = each.sub("", html)
    return html


def _public(request: HttpRequest) -> Any:
    """Return what may be read at this host: of another site only where this is our own address."""
    rows = Sending.objects.filter(is_public=True, started_at__isnull=False).defer("people")
    host = plain_host(request.get_host())
    if host != plain_host(urlsplit(home()).netloc):
        names = [host, host.removeprefix("www."), f"www.{host}"]
        sites = Hostname.objects.filter(name__in=names).values("site")
        rows = rows.filter(Q(letter__site=None) | Q(letter__site__in=sites))
    return rows.exclude(state__in=(Sending.State.PLANNED, Sending.State.DRAFT)).order_by("-started_at", "-pk")


def _leg(sending: Sending) -> Leg | None:
    """Return the leg that says what most people read."""
    legs = {each.arm: each for each in sending.legs.defer("people").order_by("arm") if each.editions}
    return legs.get("rest") or next(iter(legs.values()), None)


def _languages(leg: Leg) -> list[str]:
    return [each["language"] for each in leg.editions]


def _lines(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what lists show, not anew for each reader: a hundred letters would be compiled."""
    shown = {f"{KEPT}.{get_language()}.{each.pk}": each for each in _public(request)[:SHOWN_MOST]}
    kept: dict[str, dict[str, Any]] = cache.get_many(shown)
    made = {key: _line(sending) for key, sending in shown.items() if key not in kept}
    if made:
        cache.set_many(made, FRESH_SECONDS)
    return [line for key in shown if (line := {**kept, **made}[key])]


def _line(sending: Sending) -> dict[str, Any]:
    """Return what a list shows of a sending; nothing of one that says nothing yet."""
    leg = _leg(sending)
    if leg is None:
        return {}
    letter = _letter(leg.pk, language_chosen(get_language() or "", _languages(leg)))
    preview = next(each["preview"] for each in leg.editions if each["language"] == letter.language)
    return {
        "uid": sending.uid,
        "subject": plain_text(letter.subject_for({})) or sending.letter.name,
        "preview": "" if "{" in preview else plain_text(preview),
        "language": letter.language,
        "at": sending.started_at,
        "url": reverse("zoco_mail_archived", args=[sending.uid]),
    }


@lru_cache(maxsize=64)
def _letter(leg: int, language: str) -> Compiled:
    """Compile one language of a leg; editions that are frozen never change."""
    drafts: dict[str, Draft] = {each.language: each for each in thawed(Leg.objects.get(pk=leg).editions)}
    return compiled(drafts[language])


def _shown(letter: Compiled, values: Mapping[str, Any], holds: frozenset[str] = frozenset()) -> HttpResponse:
    return _answer(letter, seen(letter, values, holds).html)


def _answer(letter: Compiled, html: str) -> HttpResponse:
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Content-Language"] = letter.language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _nowhere(request: HttpRequest, title: str, status: int) -> HttpResponse:
    said = {"title": title, "is_cut": status == 404}
    return render(request, "zoco/mail/nowhere.html", said, status=status)
