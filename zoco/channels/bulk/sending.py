"""A batch is sent: claimed a little ahead, made, and handed to whichever lines are free.

At N lines at most N messages are handed over at any moment, so no more can become uncertain when all dies.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.channels.bulk.claiming import batch_claim, claimed_return
from zoco.channels.bulk.making import MAKERS, Making, MakingStopped
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.pool import Landed, Pool
from zoco.channels.bulk.services import batch_end, batch_hold, batch_trouble
from zoco.channels.bulk.turning import batch_turn
from zoco.channels.claiming import HORIZON_SECONDS
from zoco.channels.concluding import conclude_many
from zoco.channels.contract import CHANNELS, Content, Later, Opened, Refused, Sent
from zoco.channels.domains.naming import domain_of
from zoco.channels.drafts import Claimed
from zoco.channels.rates.judging import domains_shut
from zoco.channels.rates.pausing import Hold
from zoco.channels.returning import returned
from zoco.channels.sealing import SealBroken
from zoco.channels.services import account_open
from zoco.consent.news import Mark, doubted_since
from zoco.consent.suppressing import Place
from zoco.kit.plugs import PlugUnknown
from zoco.kit.said import Said

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
POLL_SECONDS = 0.2
AHEAD = 5
"""How many messages are claimed ahead for each line."""
HOLD_SECONDS = 20.0
"""How long a wait for a rate may be during which lines are held open."""
TROUBLE = timedelta(seconds=30)
"""How long a batch waits for what is wrong with its account."""


PATIENCE = (0.05, 0.2, 1.0, 3.0, 10.0)
"""Seconds between tries when the database does not answer."""
T = TypeVar("T")


class CannotSend(Said, RuntimeError):
    """Nothing of a batch can leave now, whoever it is for; the message says why."""


@dataclass(frozen=True, slots=True)
class _Ready:
    claimed: Claimed
    content: Content
    place: Place | None
    mark: Mark
    at: float


def batch_send(
    *,
    batch: Batch,
    lines: int,
    clock: Clock = timezone.now,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due of a batch until nothing is, it stops running, or `is_over`; returns how many left.

    Several processes may send one batch. What ends it is written down: `finished`, or why it waits.
    """
    try:
        account, making = _opened(batch)
    except (CannotSend, SealBroken, PlugUnknown) as why:
        batch_trouble(batch=batch, why=str(why), until=clock() + TROUBLE)
        return 0
    with Pool(CHANNELS.get(batch.adapter), account, lines) as pool:
        sending = Sending(batch, account, making, pool, clock)
        sending.run(is_over)
    batch_end(batch=batch, now=clock())
    return sending.sent


class Sending:
    """One process's part in a batch, by one pool."""

    def __init__(self, batch: Batch, account: Opened, making: Making, pool: Pool, clock: Clock) -> None:
        self.batch, self.account, self.making, self.pool, self.clock = batch, account, making, pool, clock
        self.sent = 0
        self._ready: deque[_Ready] = deque()
        self._is_dry = False
        self._trouble = ""
        self._shut: set[str] = set()
        self._hold: Hold | None = None

    def run(self, is_over: Callable[[], bool]) -> None:
        """Send until there is nothing, or somebody says so; what is under way is waited for."""
        goes_on = True
        try:
            while goes_on and not self._trouble and not is_over():
                self._fill()
                goes_on = self._turn(self.pool.landed(self._patience()))
                if self._is_dry and not self._ready and not self.pool.busy:
                    break
        finally:
            self._return(list(self._ready))
            self._ready.clear()
            self._land()

    def _patience(self) -> float:
        """Return how long to wait for a line: not at all where one is free and there is something for it."""
        if self._hold is not None and not self.pool.busy and not self._ready:
            return POLL_SECONDS
        return 0.0 if (self.pool.free and self._ready) or not self.pool.busy else POLL_SECONDS

    def _fill(self) -> None:
        """Claim and make more when the next free lines would find little."""
        lines = self.pool.free + self.pool.busy
        if self._is_dry or len(self._ready) >= lines or self._is_held():
            return
        most = max(lines * AHEAD, 20)
        taken = patiently(
            lambda: batch_claim(batch=self.batch, opened=self.account, now=self.clock(), most=most)
        )
        self._held(taken.hold)
        self._is_dry = not taken.seen and self._hold is None
        at = time.monotonic()
        wrong: list[Landed] = []
        try:
            contents = made(self.making, taken.claimed)
        except MakingStopped as why:
            self._stopped(taken.claimed, str(why))
            return
        for claimed, content in zip(taken.claimed, contents, strict=True):
            if isinstance(content, Refused):
                wrong.append((claimed, content))
            else:
                place = taken.places.get(claimed.person)
                mail = returned(claimed, content, self.clock())
                self._ready.append(_Ready(claimed, mail, place, taken.mark, at))
        if wrong:
            patiently(lambda: conclude_many(wrong, now=self.clock()))

    def _stopped(self, claimed: Sequence[Claimed], why: str) -> None:
        """Give back what was claimed, and wait: it is no fault of these people."""
        patiently(lambda: claimed_return(claimed, now=self.clock()))
        self._trouble = str(CannotSend(gettext_noop("Its messages cannot be made: %(why)s"), why=why))
        log.warning("Messages of a batch cannot be made. batch=%s why=%s", self.batch.pk, why)
        batch_trouble(batch=self.batch, why=self._trouble, until=self.clock() + TROUBLE)

    def _is_held(self) -> bool:
        """Tell whether a rate holds the next ones: for a moment that is waited for, the lines held open."""
        return self._hold is not None and self.clock() < self._hold.until

    def _held(self, hold: Hold | None) -> None:
        """Note what holds all that is due; a long wait ends this part of a batch."""
        if hold is not None or self.batch.held_until is not None:
            self.batch.held_until = hold.until if hold else None
            batch_hold(batch=self.batch, because=hold.because if hold else "", until=self.batch.held_until)
        is_short = hold is not None and (hold.until - self.clock()).total_seconds() < HOLD_SECONDS
        self._hold = hold if is_short else None

    def _turn(self, landed: list[Landed]) -> bool:
        """Write down what came back and hand over as much as lines are free; returns whether it goes on."""
        self._note(landed)
        following = self._following()
        if not landed and not following:
            return Batch.objects.filter(pk=self.batch.pk, state=Batch.State.RUNNING).exists()
        claims = [each.claimed for each in following]
        goes_on, handed = patiently(
            lambda: batch_turn(batch=self.batch, landed=landed, following=claims, now=self.clock())
        )
        self.pool.give([(each.claimed, each.content) for each in following if each.claimed.message in handed])
        if not goes_on:
            self._return(following)
        return goes_on

    def _following(self) -> list[_Ready]:
        """Return what free lines may have; what waited too long, or is in doubt, is asked for again."""
        oldest = time.monotonic() - HORIZON_SECONDS
        if self._ready and self._ready[0].at < oldest:
            self._return([each for each in self._ready if each.at < oldest])
            self._ready = deque(each for each in self._ready if each.at >= oldest)
            self._is_dry = False
        following = [self._ready.popleft() for _ in range(min(self.pool.free, len(self._ready)))]
        if not following or self._trouble:
            self._return(following)
            return []
        places = {each.claimed.person: each.place for each in following if each.place is not None}
        gone = set(doubted_since(following[0].mark, places, self.batch.purpose, at=self.clock()))
        if self._shut:
            gone |= {each.claimed.person for each in following if domain_of(each.claimed.to) in self._shut}
            self._shut.clear()
        if gone:
            self._return([each for each in following if each.claimed.person in gone])
            self._is_dry = False
        return [each for each in following if each.claimed.person not in gone]

    def _note(self, landed: Sequence[Landed]) -> None:
        """See whether the account works: it does not when all lines say so."""
        arrived = sum(isinstance(outcome, Sent) for _claimed, outcome in landed)
        self.sent += arrived
        self._shut |= domains_shut(landed)
        why = [each.reason for _claimed, each in landed if isinstance(each, Later) and each.is_account]
        if why and not self.pool.works:
            self._trouble = self.account.secrets.scrubbed(why[0])
            log.warning("A batch waits for its account. batch=%s why=%s", self.batch.pk, self._trouble)
            batch_trouble(batch=self.batch, why=self._trouble, until=self.clock() + TROUBLE)
        elif why:
            self._is_dry = False
        elif arrived and self.batch.trouble:
            self.batch.trouble = ""
            Batch.objects.filter(pk=self.batch.pk).update(trouble="", trouble_until=None)

    def _write(self, landed: list[Landed]) -> None:
        patiently(lambda: batch_turn(batch=self.batch, landed=landed, following=[], now=self.clock()))

    def _return(self, ready: Sequence[_Ready]) -> None:
        claimed = [each.claimed for each in ready]
        if claimed:
            patiently(lambda: claimed_return(claimed, now=self.clock()))

    def _land(self) -> None:
        """Wait for what is under way, as long as an adapter says that one may take."""
        until = time.monotonic() + CHANNELS.get(self.batch.adapter).limits.seconds + POLL_SECONDS
        while self.pool.busy and time.monotonic() < until:
            if landed := self.pool.landed(POLL_SECONDS):
                self._note(landed)
                self._write(landed)


def patiently(call: Callable[[], T]) -> T:
    """Do what may meet a busy database, or a lock of two that wait for one another, again for a while."""
    for pause in PATIENCE:
        try:
            return call()
        except OperationalError:
            log.warning("The database did not answer; trying again.", exc_info=True)
            time.sleep(pause)
            close_old_connections()
    return call()


def made(making: Making, claimed: Sequence[Claimed]) -> Sequence[Content | Refused]:
    """Return what messages say; one that cannot be made is refused, and the others are not touched."""
    if not claimed:
        return []
    try:
        contents = making.contents(claimed)
        if len(contents) == len(claimed):
            return contents
        log.error("A maker made %s messages of %s.", len(contents), len(claimed))
    except MakingStopped:
        raise
    except Exception:
        log.exception("Messages could not be made. messages=%s", len(claimed))
    return [_made_alone(making, each) for each in claimed]


def _made_alone(making: Making, claimed: Claimed) -> Content | Refused:
    try:
        (content,) = making.contents([claimed])
        return content
    except Exception:
        log.exception("A message could not be made. message=%s", claimed.message)
        return Refused("It could not be made; the log says why.")


def _opened(batch: Batch) -> tuple[Opened, Making]:
    """Return the account and what makes messages. Raises CannotSend, SealBroken, PlugUnknown."""
    batch.refresh_from_db()
    if batch.account is None:
        raise CannotSend(gettext_noop("The account that this was to leave by was deleted."))
    if not batch.account.is_on:
        raise CannotSend(gettext_noop("The account is off."))
    maker = MAKERS.get(batch.maker)
    try:
        return account_open(batch.account), maker.open(batch)
    except SealBroken:
        raise
    except Exception as error:
        log.exception("A batch could not be opened. batch=%s", batch.pk)
        raise CannotSend(gettext_noop("Its messages cannot be made: %(why)s"), why=error) from error
