"""What waited and may go now, what a crash left, and what has to be sealed anew: done again and again."""

import logging
from datetime import datetime

from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.delivering import deliver_many
from zoco.channels.drafts import DraftWrong, kept_draft
from zoco.channels.models import Message
from zoco.channels.sealing import SealBroken
from zoco.kit.plugs import PlugUnknown

log = logging.getLogger(__name__)
BATCH = 50


def due_send(*, now: datetime, most: int = 1_000) -> int:
    """Send what is kept here and whose time has come; returns how many were tried."""
    lost_settle(now=now)
    due = Message.objects.filter(
        state=Message.State.WAITS, next_at__lte=now, body__isnull=False, account__isnull=False
    )
    keys = list(due.order_by("next_at", "pk").values_list("pk", "account")[:most])
    done = 0
    for account in dict.fromkeys(each for _pk, each in keys):
        mine = [pk for pk, each in keys if each == account]
        for start in range(0, len(mine), BATCH):
            done += _sent(mine[start : start + BATCH], account, now)
    return done


def _sent(keys: list[int], account: int | None, now: datetime) -> int:
    messages = Message.objects.filter(pk__in=keys, state=Message.State.WAITS, body__isnull=False)
    drafts = [kept_draft(each) for each in messages.order_by("next_at", "pk")]
    try:
        deliver_many(drafts, now=now)
    except (SealBroken, DraftWrong, PlugUnknown) as error:
        log.warning("Messages wait: their account cannot be used. account=%s why=%s", account, error)
        messages.update(next_at=now + LEASE, reason=str(error)[:300])
        return 0
    return len(drafts)
