"""Lines to one account, a thread each. They only send: the database is the sender's alone."""

import queue
import threading
import time
from collections.abc import Iterable

from zoco.channels.contract import Content, Outcome
from zoco.channels.delivering import outcome_of
from zoco.channels.drafts import Claimed

LINES = 20
Ready = tuple[Claimed, Content]
Result = tuple[Claimed, Outcome]


class Lines:
    """So many connections of one account; each has at most one message at a time."""

    def __init__(self, claimed: Claimed, size: int = LINES) -> None:
        self.size, self.busy = size, 0
        self._channel, self._account = claimed.channel, claimed.account
        self._work: queue.SimpleQueue[Ready | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name="line", daemon=True) for _ in range(size)]
        for each in self._threads:
            each.start()

    @property
    def free(self) -> int:
        """How many lines have nothing to do."""
        return self.size - self.busy

    def give(self, ready: Iterable[Ready]) -> None:
        """Send these; no more than there are free lines."""
        for each in ready:
            self.busy += 1
            self._work.put(each)

    def results(self, seconds: float) -> list[Result]:
        """Return what came back by now; wait so long for a first one."""
        found: list[Result] = []
        try:
            found.append(self._done.get(timeout=seconds))
            while True:
                found.append(self._done.get_nowait())
        except queue.Empty:
            self.busy -= len(found)
            return found

    def close(self, seconds: float = 5.0) -> None:
        """Let go of the connections."""
        for _each in self._threads:
            self._work.put(None)
        until = time.monotonic() + seconds
        for each in self._threads:
            each.join(max(until - time.monotonic(), 0.0))

    def _run(self) -> None:
        with self._channel.line(self._account) as line:
            while (ready := self._work.get()) is not None:
                claimed, content = ready
                self._done.put((claimed, outcome_of(claimed, content, line)))
