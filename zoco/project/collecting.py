"""`/e` and `/z.js` as Django views, for projects of others under WSGI.

    urlpatterns += [path("e", collecting.facts), path("z.js", collecting.tracker)]

The runnable project has bare ASGI code for both; this is as right and a few times slower.
"""

import gzip
import json
from functools import cache

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from zoco.campaigns import following
from zoco.campaigns.facts import FOLLOWED, LINK_PROP
from zoco.campaigns.following import Followed
from zoco.collector.live.answers import Answer
from zoco.collector.live.tracker import HEADERS, SOURCE
from zoco.collector.live.waiting import WaitingCollector
from zoco.collector.live.wire import BODY_BYTES, URL_LONGEST
from zoco.kit.conf import DATA
from zoco.ledger.spool import process_writer
from zoco.sites.conf import published_path


@csrf_exempt
def facts(request: HttpRequest) -> HttpResponse:
    """Take facts; a 2xx means that they are on the disk. Nobody's log-in is read."""
    answer = _taken(request, request.method or "", _body(request))
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


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
    headers = {name.lower(): value for name, value in request.headers.items()}
    forwarded = [headers.pop("x-forwarded-for")] if "x-forwarded-for" in headers else []
    return _collector().answer(method, body, request.META.get("REMOTE_ADDR", ""), headers, forwarded)


@require_safe
def tracker(request: HttpRequest) -> HttpResponse:
    """Give the tracker."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HttpResponse(_script(), headers=HEADERS)
    return HttpResponse(gzip.compress(_script(), mtime=0), headers=HEADERS | {"content-encoding": "gzip"})


def _body(request: HttpRequest) -> bytes | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_BYTES:
        return None
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return None
    return body if len(body) <= BODY_BYTES else None


@cache
def _collector() -> WaitingCollector:
    return WaitingCollector(published_path(), lambda: process_writer(DATA()))


@cache
def _script() -> bytes:
    return SOURCE.read_bytes()
