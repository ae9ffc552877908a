"""The sender of batches: claims, has made, hands over and concludes, again and again.

What is handed over next is written in the transaction that concludes what came back, and only as much as
there are free lines: killed at any moment it leaves no more messages uncertain than it has lines.
"""

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from datetime import datetime

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from zoco.channels.bulk.lines import LINES, Lines, Ready, Result
from zoco.channels.bulk.making import MAKERS, Making
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.services import RETRY, BatchWrong, batch_finish, batch_pause, batches_retry
from zoco.channels.claiming import claim_many
from zoco.channels.concluding import conclude_many, hand_many, lost_settle
from zoco.channels.contract import Content, Later
from zoco.channels.drafts import Claimed, Draft, DraftWrong
from zoco.channels.models import Message
from zoco.channels.returning import returned
from zoco.channels.sealing import SealBroken
from zoco.consent.services import release_many
from zoco.kit.plugs import PlugUnknown
from zoco.kit.rows import rows_write

log = logging.getLogger(__name__)
CHUNK = 100
FRESH_SECONDS = 2.0
"""So long permission that was asked may be gone by; after that it is asked again."""
LOOK_SECONDS = 0.5
"""How often it is looked whether a batch was paused."""
IDLE_SECONDS = 1.0
CONNECTION = "connection"
State = Message.State


class Sending:
    """One batch as this process sends it."""

    def __init__(self, batch: Batch, lines: int = LINES) -> None:
        self.batch, self.size = batch, lines
        self.making: Making = MAKERS.get(batch.maker).open(batch)
        self.lines: Lines | None = None
        self.ready: deque[tuple[float, Ready]] = deque()
        self._looked_at = float("-inf")
        self._is_running = False

    def run(self, stop: threading.Event) -> None:
        """Send until it is over, paused or stopped; what is with a line then concludes."""
        try:
            while not stop.is_set() and self._may_go_on():
                self._stale_return()
                if not self.ready and not self._claim() and not self._is_busy:
                    return
                self._turn(may_hand=True)
        finally:
            self._end()

    @property
    def _is_busy(self) -> bool:
        return self.lines is not None and self.lines.busy > 0

    def _may_go_on(self) -> bool:
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self._is_running = Batch.objects.filter(pk=self.batch.pk, state=Batch.State.RUNNING).exists()
        return self._is_running

    def _claim(self) -> bool:
        """Ask permission for the next ones and have them made; says whether there were any that are due."""
        now = timezone.now()
        due = Message.objects.filter(batch=self.batch, state=State.WAITS, next_at__lte=now)
        with transaction.atomic():
            rows = due.select_for_update(skip_locked=True, of=("self",)) if _skips() else due
            found = rows.order_by("next_at", "pk").values_list("key", "person_id")[:CHUNK]
            drafts = [
                Draft(key, self.batch.account_id, _unmade, person, self.batch.purpose, self.batch.topic)
                for key, person in found
            ]
            claimed = claim_many(drafts, now=now)[1] if drafts else []
        if claimed:
            self.lines = self.lines or Lines(claimed[0], self.size)
            self._make(claimed)
        return bool(drafts)

    def _make(self, claimed: list[Claimed]) -> None:
        asked_at = time.monotonic()
        refused: list[Result] = []
        try:
            contents = self.making.contents(claimed)
        except Exception:
            claimed_return(claimed, now=timezone.now())
            raise
        now = timezone.now()
        for each, made in zip(claimed, contents, strict=True):
            if isinstance(made, Content):
                self.ready.append((asked_at, (each, returned(each, made, now))))
            else:
                refused.append((each, made))
        if refused:
            conclude_many(refused, now=now)

    def _stale_return(self) -> None:
        """Give back what waited too long for a line, so that permission is asked again."""
        before = time.monotonic() - FRESH_SECONDS
        stale = []
        while self.ready and self.ready[0][0] < before:
            stale.append(self.ready.popleft()[1][0])
        claimed_return(stale, now=timezone.now())

    def _turn(self, *, may_hand: bool) -> None:
        """Conclude what came back and hand over as much as lines are free, in one transaction."""
        if self.lines is None:
            return
        idle = self.lines.free == 0 or not (self.ready and may_hand)
        results = self.lines.results(0.1 if idle else 0.0)
        count = min(self.lines.free, len(self.ready)) if may_hand else 0
        wanted = [self.ready.popleft()[1] for _ in range(count)]
        if not results and not wanted:
            return
        now = timezone.now()
        broken = [(c, out) for c, out in results if isinstance(out, Later) and out.code == CONNECTION]
        with transaction.atomic():
            kept = [each for each in results if each not in broken]
            if kept:
                conclude_many(kept, now=now)
            mine = hand_many([each for each, _content in wanted], now=now) if wanted and not broken else set()
        claimed_return([each for each, _out in broken], now=now, state=State.HANDED)
        if broken:
            claimed_return([each for each, _content in wanted], now=now)
            self._account_failed(broken[0][1], now)
        self.lines.give(each for each in wanted if each[0].message in mine)

    def _account_failed(self, outcome: object, now: datetime) -> None:
        """Pause the batch for a while: whoever cannot be reached is not asked by everybody in it."""
        reason = outcome.reason if isinstance(outcome, Later) else ""
        self._is_running = False
        try:
            batch_pause(batch=self.batch, reason=reason, retry_at=now + RETRY)
        except BatchWrong:
            return  # it was paused or stopped already
        log.warning("A batch waits: its account cannot be used. batch=%s why=%s", self.batch.pk, reason)

    def _end(self) -> None:
        claimed_return([each for _at, (each, _content) in self.ready], now=timezone.now())
        self.ready.clear()
        while self._is_busy:
            self._turn(may_hand=False)
        if self.lines is not None:
            self.lines.close()
        batch_finish(batch=self.batch, at=timezone.now())


def claimed_return(claimed: list[Claimed], *, now: datetime, state: str = State.CLAIMED) -> None:
    """Let messages that nobody has tried to hand over wait again, as if they had not been claimed."""
    if not claimed:
        return
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(pk__in=[c.message for c in claimed], state=state)
        tries = {each.message: each.tries for each in claimed}
        mine = [each for each in rows.order_by("pk") if each.tries == tries[each.pk]]
        for each in mine:
            each.state, each.next_at, each.tries = State.WAITS, now, each.tries - 1
        rows_write(mine, ["state", "next_at", "tries"])
        release_many(keys=[each.key for each in mine])


def batches_send(*, stop: threading.Event, lines: int = LINES) -> int:
    """Send what of running batches is due, one batch after the other; returns how many were looked at."""
    now = timezone.now()
    lost_settle(now=now)
    batches_retry(now=now)
    done = 0
    for batch in Batch.objects.filter(state=Batch.State.RUNNING).select_related("account").order_by("pk"):
        if stop.is_set():
            break
        done += 1
        try:
            Sending(batch, lines).run(stop)
        except (SealBroken, DraftWrong, PlugUnknown) as error:
            log.warning("A batch waits: it cannot be sent. batch=%s why=%s", batch.pk, error)
            _paused(batch, str(error))
        except DatabaseError:
            raise
        except Exception as error:  # of a plug, which nobody foresaw: the other batches go on
            log.exception("A batch waits: its messages cannot be made. batch=%s", batch.pk)
            _paused(batch, f"{type(error).__name__}: {error}")
    return done


def senders_run(stop: threading.Event, lines: int = LINES) -> None:
    """Send what is due until `stop`; a database that does not answer is asked again."""
    while not stop.is_set():
        close_old_connections()
        try:
            batches_send(stop=stop, lines=lines)
        except DatabaseError:
            log.exception("The database did not answer; the sender tries again.")
        stop.wait(IDLE_SECONDS)
    close_old_connections()


def _paused(batch: Batch, reason: str) -> None:
    with suppress(BatchWrong):
        batch_pause(batch=batch, reason=reason, retry_at=timezone.now() + RETRY)


def _skips() -> bool:
    from django.db import connection

    return bool(connection.features.has_select_for_update_skip_locked)


def _unmade(uid: str) -> Content:
    raise NotImplementedError(f"Messages of a batch are made many at a time, not one by one: {uid}.")
