"""Lines of one account, each of which has at most one message at a time.

A line has a thread, in which it connects and sends. One that is connected and can send without waiting is
gone on with by whoever waits for what comes back: threads would spend more on taking turns than on sending.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from selectors import DefaultSelector
from types import TracebackType

from zoco.channels.contract import (
    Channel,
    Content,
    Later,
    Opened,
    Outcome,
    Outgoing,
    Talk,
    TalkingLine,
    Unknown,
)
from zoco.channels.delivering import outcome_of
from zoco.channels.drafts import Claimed

log = logging.getLogger(__name__)
Job = tuple[Claimed, Content]
Landed = tuple[Claimed, Outcome]
LEAVE_SECONDS = 5.0
GAP_SECONDS, TOGETHER_SECONDS = 0.01, 0.05
"""How long what comes back waits for more: until none came for so long, and so long at most."""
LOOK_SECONDS = 0.02
"""How often threads are looked at while others are gone on with."""
REST_SECONDS = 30.0
"""How long a line rests that the other side did not let in: some let in only so many at once."""


class Talks:
    """Messages that are on their way without a thread, by the number of their line."""

    def __init__(self, again: Callable[[int, Job], None]) -> None:
        self._again = again
        self._selector = DefaultSelector()
        self._open: dict[int, tuple[Talk, Job]] = {}
        self._files: dict[int, int] = {}
        """Which are waited for, by their line: a socket that was closed does not say it any more."""
        self._landed: list[tuple[int, Landed]] = []

    def __len__(self) -> int:
        """Return how many are on their way, or came back and were not asked for."""
        return len(self._open) + len(self._landed)

    def begin(self, number: int, job: Job, line: TalkingLine) -> bool:
        """Begin with a message; returns whether that goes without a thread."""
        claimed, content = job
        try:
            talk = line.talk(Outgoing(claimed.uid, claimed.to, content, claimed.name))
        except Exception:
            log.exception("An adapter failed. adapter=%s message=%s", claimed.channel.key, claimed.message)
            return False
        if talk is None:
            return False
        self._open[number] = (talk, job)
        self._go_on(number, 0)
        return True

    def landed(self, seconds: float) -> list[tuple[int, Landed]]:
        """Return what came back by now, else what comes first within so long."""
        if not self._landed:
            for key, _events in self._selector.select(seconds):
                self._go_on(key.data, key.events)
        found, self._landed = self._landed, []
        return found

    def close(self) -> None:
        """Hang up in the middle of all that are on their way."""
        for talk, _job in self._open.values():
            talk.abandon()
        self._open.clear()
        self._selector.close()

    def _go_on(self, number: int, waited_for: int) -> None:
        talk, job = self._open[number]
        outcome: Outcome | None
        try:
            outcome = talk.go_on()
        except Exception:
            log.exception("An adapter failed. adapter=%s message=%s", job[0].channel.key, job[0].message)
            outcome = Unknown("The adapter failed; the log says why.")
        if outcome is None and talk.waits_for == waited_for:
            return
        if waited_for:
            self._selector.unregister(self._files.pop(number))
        if outcome is None:
            self._files[number] = talk.sock.fileno()
            self._selector.register(self._files[number], talk.waits_for, number)
            return
        del self._open[number]
        if talk.is_void:
            self._again(number, job)
        else:
            self._landed.append((number, (job[0], outcome)))


class Pool:
    """`free` lines may be given a message each. A line is opened with its first message."""

    def __init__(self, channel: Channel, account: Opened, size: int) -> None:
        self.channel, self.account = channel, account
        self._landed: SimpleQueue[tuple[int, Landed]] = SimpleQueue()
        self._jobs: list[SimpleQueue[Job | None]] = [SimpleQueue() for _ in range(size)]
        self._threads: dict[int, threading.Thread] = {}
        self._idle = list(range(size - 1, -1, -1))
        self._resting: list[tuple[float, int]] = []
        self._lines: dict[int, TalkingLine] = {}
        """Those that may need no thread any more."""
        self._talks = Talks(self._thread_give)
        self._worked = False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let lines take leave; one that is in the middle of a message is left to its own time-out."""
        self._talks.close()
        for number in self._threads:
            self._jobs[number].put(None)
        for number, thread in self._threads.items():
            thread.join(LEAVE_SECONDS if number in self._idle else 0)

    @property
    def free(self) -> int:
        """How many lines have nothing to do."""
        return len(self._idle)

    @property
    def busy(self) -> int:
        """How many messages are under way."""
        return len(self._jobs) - len(self._idle) - len(self._resting)

    @property
    def works(self) -> bool:
        """Whether there is a line that did not say of late that the account does not work."""
        return len(self._resting) < len(self._jobs)

    def give(self, jobs: Sequence[Job]) -> None:
        """Give a message each to free lines; never more than are free."""
        for job in jobs:
            number = self._idle.pop()
            line = self._lines.get(number)
            if line is None or not self._talks.begin(number, job, line):
                self._thread_give(number, job)

    def landed(self, seconds: float) -> list[Landed]:
        """Return what came back; where nothing did, wait for it so long, and a moment for others with it.

        What comes back together is written down in one transaction.
        """
        found: list[Landed] = []
        latest = 0.0
        while self._resting and self._resting[0][0] <= time.monotonic():
            self._idle.insert(0, self._resting.pop(0)[1])
        left = seconds
        while came := self._came(max(left, 0.0)):
            latest = latest or time.monotonic() + TOGETHER_SECONDS
            for number, landed in came:
                self._noted(number, landed)
                found.append(landed)
            left = min(GAP_SECONDS, latest - time.monotonic()) if self.busy else 0.0
        return found

    def _came(self, seconds: float) -> list[tuple[int, Landed]]:
        """Return what comes back within so long."""
        if not self._talks:
            return self._by_threads(seconds)
        until = time.monotonic() + seconds
        while True:
            came = self._by_threads(0.0)
            left = until - time.monotonic()
            is_mixed = self.busy > len(self._talks)
            came += self._talks.landed(
                0.0 if came else max(min(left, LOOK_SECONDS if is_mixed else left), 0.0)
            )
            if came or left <= 0:
                return came

    def _by_threads(self, seconds: float) -> list[tuple[int, Landed]]:
        found: list[tuple[int, Landed]] = []
        with suppress(Empty):
            found.append(self._landed.get(seconds > 0, seconds or None))
            while True:
                found.append(self._landed.get_nowait())
        return found

    def _noted(self, number: int, landed: Landed) -> None:
        if isinstance(landed[1], Later) and landed[1].is_account:
            self._rest(number)
        else:
            self._worked = True
            self._idle.append(number)

    def _thread_give(self, number: int, job: Job) -> None:
        """Give a message to the thread of a line, which is begun with its first."""
        if number not in self._threads:
            name = f"line {number} {self.account.name}"
            thread = threading.Thread(target=self._work, args=(number,), name=name, daemon=True)
            self._threads[number] = thread
            thread.start()
        self._jobs[number].put(job)

    def _rest(self, number: int) -> None:
        """Let a line rest that was not let in; where it never worked, all of those that nobody tried."""
        until = time.monotonic() + REST_SECONDS
        self._resting.append((until, number))
        if not self._worked:
            self._resting += [(until, each) for each in self._idle if each not in self._threads]
            self._idle = [each for each in self._idle if each in self._threads]

    def _work(self, number: int) -> None:
        jobs = self._jobs[number]
        while (job := jobs.get()) is not None:
            try:
                with self.channel.line(self.account) as line:
                    if isinstance(line, TalkingLine):
                        self._lines[number] = line
                    while job is not None:
                        claimed, content = job
                        job = None
                        self._landed.put((number, (claimed, outcome_of(claimed, content, line))))
                        job = jobs.get()
                    return
            except Exception:
                log.exception("A line could not be opened or closed. adapter=%s", self.channel.key)
                if job is None:
                    return
                why = Later("The adapter gave no line; the log says why.", "line", is_account=True)
                self._landed.put((number, (job[0], why)))
