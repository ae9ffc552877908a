"""Lines of one account in threads, each of which has at most one message at a time."""

import logging
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import TracebackType

from zoco.channels.contract import Channel, Content, Later, Opened, Outcome
from zoco.channels.delivering import outcome_of
from zoco.channels.drafts import Claimed

log = logging.getLogger(__name__)
Job = tuple[Claimed, Content]
Landed = tuple[Claimed, Outcome]
LEAVE_SECONDS = 5.0
GAP_SECONDS, TOGETHER_SECONDS = 0.01, 0.05
"""How long what comes back waits for more: until none came for so long, and so long at most."""
REST_SECONDS = 30.0
"""How long a line rests that the other side did not let in: some let in only so many at once."""


class Pool:
    """`free` lines may be given a message each. A line is opened with its first message."""

    def __init__(self, channel: Channel, account: Opened, size: int) -> None:
        self.channel, self.account = channel, account
        self._landed: SimpleQueue[tuple[int, Landed]] = SimpleQueue()
        self._jobs: list[SimpleQueue[Job | None]] = [SimpleQueue() for _ in range(size)]
        self._threads: dict[int, threading.Thread] = {}
        self._idle = list(range(size - 1, -1, -1))
        self._resting: list[tuple[float, int]] = []
        self._worked = False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let lines take leave; one that is in the middle of a message is left to its own time-out."""
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
            if number not in self._threads:
                name = f"line {number} {self.account.name}"
                thread = threading.Thread(target=self._work, args=(number,), name=name, daemon=True)
                self._threads[number] = thread
                thread.start()
            self._jobs[number].put(job)

    def landed(self, seconds: float) -> list[Landed]:
        """Return what came back; where nothing did, wait for it so long, and a moment for others with it.

        What comes back together is written down in one transaction.
        """
        found: list[Landed] = []
        latest = 0.0
        while self._resting and self._resting[0][0] <= time.monotonic():
            self._idle.insert(0, self._resting.pop(0)[1])
        try:
            while True:
                left = seconds
                if found:
                    left = min(GAP_SECONDS, latest - time.monotonic()) if self.busy else 0.0
                number, landed = self._landed.get(left > 0, max(left, 0.0) or None)
                latest = latest or time.monotonic() + TOGETHER_SECONDS
                if isinstance(landed[1], Later) and landed[1].is_account:
                    self._rest(number)
                else:
                    self._worked = True
                    self._idle.append(number)
                found.append(landed)
        except Empty:
            return found

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
