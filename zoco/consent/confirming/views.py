"""The page of a confirmation. Looking changes nothing, for scanners of mail open each link; POST confirms."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zoco.consent.confirming.services import confirmation_confirm, confirmation_opened, topics_said
from zoco.consent.public.tokens import PREFERENCES_HOLD_DAYS, LinkOld, Links, LinkWrong
from zoco.consent.public.views import shown


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button; POST confirms, once. The body is not read."""
    now = timezone.now()
    try:
        held = (
            confirmation_confirm(token=token, at=now)
            if request.method == "POST"
            else confirmation_opened(token, at=now)
        )
    except LinkOld:
        return shown(request, "confirm_old", 410)
    except LinkWrong:
        return shown(request, "link_wrong", 404)
    is_recent = held.confirmed_at is None or held.confirmed_at > now - timedelta(days=PREFERENCES_HOLD_DAYS)
    ways = Links(on=now.date(), base="/").preferences(person=held.person) if is_recent else ""
    with translation.override(held.language or translation.get_language()):
        return shown(
            request, "confirm", 200, is_done=held.confirmed_at is not None,
            topics=topics_said(held.topics, held.language), onward=held.onward,
            preferences=ways,
        )  # fmt: skip
