"""The collector's addresses as Django views: facts, image and tracker, also under words of our own."""

import json
from functools import cache

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from zoco.campaigns import following
from zoco.campaigns.facts import FOLLOWED, LINK_PROP
from zoco.campaigns.following import Followed
from zoco.collector.live.answers import Answer
from zoco.collector.live.servers.waiting import WaitingCollector
from zoco.collector.live.tracker import HEADERS, Tracker
from zoco.collector.live.wire import BODY_BYTES, URL_LONGEST
from zoco.kit.conf import DATA
from zoco.ledger.spool import process_writer
from zoco.sites.conf import published_path


@csrf_exempt
def facts(request: HttpRequest, word: str = "") -> HttpResponse:
    """Take facts; a 2xx means that they are on the disk. Nobody's log-in is read."""
    return _told(_taken(request, request.method or "", _body(request)))


def followed(request: HttpRequest, link: Followed) -> None:
    """Take that a short link was followed: an event on the page that it leads to."""
    sent = {
        "type": "event",
        "url": link.page,
        "event": FOLLOWED,
        "props": {LINK_PROP: link.slug},
        "referrer": request.headers.get("referer", "")[:URL_LONGEST],
    }
    _taken(request, "POST", json.dumps(sent).encode())


following.provide(followed)


def _taken(request: HttpRequest, method: str, body: bytes | None) -> Answer:
    headers, forwarded = _headers(request)
    return collector().answer(method, body, request.META.get("REMOTE_ADDR", ""), headers, forwarded)


@require_safe
def image(request: HttpRequest, word: str = "") -> HttpResponse:
    """Count a page view of a browser without scripts."""
    headers, forwarded = _headers(request)
    peer, query = request.META.get("REMOTE_ADDR", ""), request.META.get("QUERY_STRING", "")
    return _told(collector().image(query, peer, headers, forwarded))


@require_safe
def tracker(request: HttpRequest, word: str = "") -> HttpResponse:
    """Give the tracker."""
    script = _script()
    headers = HEADERS | {"etag": script.tag.decode()}
    if request.headers.get("if-none-match") == headers["etag"]:
        return HttpResponse(status=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HttpResponse(script.plain, headers=headers)
    return HttpResponse(script.packed, headers=headers | {"content-encoding": "gzip"})


class Word(StringConverter):
    """A word of this installation; any other leaves the address to others."""

    regex = "[a-z0-9-]{6,40}"

    def to_python(self, value: str) -> str:
        """Return the word. Raises ValueError for any other."""
        if not collector().taking.serves(value):
            raise ValueError(value)
        return value


register_converter(Word, "zoco_word")
urlpatterns = [
    path("e", facts),
    path("e.gif", image),
    path("z.js", tracker),
    path("<zoco_word:word>", facts),
    path("<zoco_word:word>.gif", image),
    path("<zoco_word:word>.js", tracker),
]


@cache
def collector() -> WaitingCollector:
    """Return the collector of this process."""
    return WaitingCollector(published_path(), lambda: process_writer(DATA()))


def _headers(request: HttpRequest) -> tuple[dict[str, str], list[str]]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    forwarded = [headers.pop("x-forwarded-for")] if "x-forwarded-for" in headers else []
    return headers, forwarded


def _told(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def _body(request: HttpRequest) -> bytes | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_BYTES:
        return None
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return None
    return body if len(body) <= BODY_BYTES else None


@cache
def _script() -> Tracker:
    return Tracker()
