"""Where other sides tell what became of messages. Nothing is believed that is not proved."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zoco.channels.contract import CHANNELS, Ability, ListenLater, ListenRefused
from zoco.channels.hearing import heard_write
from zoco.channels.models import Account
from zoco.channels.sealing import SealBroken
from zoco.channels.services import account_open

log = logging.getLogger(__name__)
PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def heard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take what an account's other side tells; twice is once. Some look with HEAD whether it is there."""
    account = get_object_or_404(Account, uid=uid)
    if account.adapter not in CHANNELS or not CHANNELS.get(account.adapter).may(Ability.LISTEN):
        return HttpResponse("Nothing is heard here.", status=404, content_type=PLAIN)
    if request.method == "HEAD":
        return HttpResponse(content_type=PLAIN)
    try:
        told = CHANNELS.get(account.adapter).listen(account_open(account), request)
    except ListenRefused as refused:
        log.warning("What was told of messages was not proved. account=%s", account.pk)
        return HttpResponse(str(refused), status=403, content_type=PLAIN)
    except ListenLater as later:
        log.warning("What was told of messages could not be proved. account=%s", account.pk)
        return HttpResponse(str(later), status=503, content_type=PLAIN)
    except SealBroken as broken:
        log.warning("Secrets of an account cannot be opened. account=%s", account.pk)
        return HttpResponse(str(broken), status=503, content_type=PLAIN)
    heard_write(account=account, heard=told, at=timezone.now())
    return HttpResponse(content_type=PLAIN)
