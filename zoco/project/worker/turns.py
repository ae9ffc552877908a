"""Periodic work: its next time is in a table, and whoever changes it first has the turn.

A time further ahead than the work's own pause was written by a clock that has been set back since.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from zoco.kit.periodic import Periodic
from zoco.project.models import Turn
from zoco.project.worker.tasks import Stopped

log = logging.getLogger(__name__)

SHORT_SECONDS = 60.0
SKEW_SECONDS = 60.0


def run_due(work: Collection[Periodic], worker_id: str, *, at: datetime) -> int:
    """Run what is due and not being run by another worker; return how many pieces."""
    turns = {turn.key: turn for turn in Turn.objects.filter(key__in=[one.key for one in work])}
    count = 0
    for one in work:
        turn = turns.get(one.key) or Turn.objects.get_or_create(key=one.key, defaults={"next_at": at})[0]
        latest = at + timedelta(seconds=one.every_seconds + SKEW_SECONDS)
        is_due = turn.next_at <= at or turn.next_at > latest
        if is_due and not turn.worker and _taken(turn, worker_id):
            _run(one, worker_id)
            count += 1
    return count


def _taken(turn: Turn, worker_id: str) -> bool:
    return bool(
        Turn.objects.filter(key=turn.key, worker="", next_at=turn.next_at).update(
            worker=worker_id, ran_at=timezone.now()
        )
    )


def _run(one: Periodic, worker_id: str) -> None:
    failure = ""
    try:
        one.run()
    except Stopped:
        Turn.objects.filter(key=one.key, worker=worker_id).update(worker="")
        raise
    except Exception as error:
        log.exception("Periodic work failed. key=%s", one.key)
        failure = f"{type(error).__name__}: {error}"
    following = timezone.now() + timedelta(seconds=one.every_seconds)
    Turn.objects.filter(key=one.key, worker=worker_id).update(worker="", next_at=following, failure=failure)


def reap(living: Collection[str]) -> int:
    """Give back the turns of dead workers, due at once; return how many."""
    return Turn.objects.exclude(worker="").exclude(worker__in=living).update(worker="")
