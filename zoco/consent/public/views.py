"""The page of unsubscribing. Looking changes nothing, for scanners of mail open every link; POST does it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zoco.consent.models import Topic
from zoco.consent.public.leaving import topic_leave
from zoco.consent.public.tokens import LinkWrong, opened


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button, or leave at once; the body is not read, so its size costs nothing."""
    now = timezone.now()
    try:
        leaving = opened(token, on=now.date())
    except LinkWrong:
        return _shown(request, "link_wrong", 404)
    topic = Topic.objects.filter(key=leaving.topic).first() if leaving.topic else None
    if request.method == "POST":
        topic_leave(leaving=leaving, at=now)
        return _shown(request, "left", 200, topic, leaving.topic)
    return _shown(request, "leave", 200, topic, leaving.topic)


def _shown(
    request: HttpRequest, page: str, status: int, topic: Topic | None = None, key: str = ""
) -> HttpResponse:
    values = {"topic": topic.label if topic else key}
    response = render(request, f"zoco/consent/{page}.html", values, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
