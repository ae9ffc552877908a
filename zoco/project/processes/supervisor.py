"""The supervisor: holds the listening socket, keeps worker and web processes running.

They are forked by the nursery, which has imported everything; left behind by it they become
children of the supervisor, so that its death ends none of them. Without a nursery each is an
interpreter of its own. Standard library only and no Django: it must stay small and have
nothing that can break.
"""

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from zoco.project.processes import lifeline
from zoco.project.processes.children import Child, Nursery

GRACE_SECONDS = 4.5
ORDER_SECONDS = 6.0


@dataclass(slots=True)
class Supervisor:
    """Run the children until SIGINT, SIGTERM, or until one of them ends with FATAL."""

    children: list[Child]
    on_ready: Callable[[], None] = lambda: None
    nursery: Nursery | None = None
    _waiting: set[str] = field(default_factory=set)
    _stopping: bool = False
    _code: int = 0
    _lifeline: tuple[int, int] = (-1, -1)
    _ready: tuple[int, int] = (-1, -1)

    def run(self) -> int:
        """Return the exit code: 0 after a signal, 1 when a child said that it cannot work."""
        self._lifeline, self._ready = os.pipe(), os.pipe()
        self._waiting = {child.name for child in self.children}
        if self.nursery is not None:
            lifeline.adopt()
        wake, wake_write = socket.socketpair()
        wake.setblocking(False)
        wake_write.setblocking(False)
        signal.set_wakeup_fd(wake_write.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, _noted)
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self._ready[0], selectors.EVENT_READ)
            while not self._stopping:
                self._start_due()
                for key, _ in selector.select(self._until_next()):
                    self._hear_signals(wake) if key.fileobj is wake else self._hear_children()
                self._reap()
        self._stop()
        return self._code

    def _all(self) -> Iterator[Child]:
        if self.nursery is not None:
            yield self.nursery
        yield from self.children

    def _can_start(self, child: Child) -> bool:
        return not child.pid and (self.nursery is None or child is self.nursery or self.nursery.is_warm)

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._all():
            if not self._can_start(child) or child.start_at > now:
                continue
            child.started_at = now
            if self.nursery is None or child is self.nursery:
                child.spawn(self._lifeline[0], self._ready[1])
            else:
                self.nursery.order(child.name)
                child.start_at = now + ORDER_SECONDS  # when nobody has come by then, it is asked again

    def _until_next(self) -> float:
        now = time.monotonic()
        pauses = [max(child.start_at - now, 0.0) for child in self._all() if self._can_start(child)]
        return min(pauses, default=60.0)

    def _hear_signals(self, wake: socket.socket) -> None:
        for number in wake.recv(4096):
            if number in {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
                self._stopping = True

    def _hear_children(self) -> None:
        """Hear `name=pid` from a child that the nursery made, `pid` from one that is ready."""
        for line in os.read(self._ready[0], 4096).decode().split():
            name, born, pid = line.rpartition("=")
            for child in self._all():
                if born and child.name == name:
                    self._take(child, int(pid))
                elif not born and child.pid == int(pid):
                    self._is_ready(child)

    def _take(self, child: Child, pid: int) -> None:
        if child.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # asked for twice, since it came late
        else:
            child.pid, child.started_at = pid, time.monotonic()

    def _is_ready(self, child: Child) -> None:
        if child is self.nursery:
            self._order_again(self.nursery)
            return
        if self._waiting == {child.name}:
            self.on_ready()
        self._waiting.discard(child.name)

    def _order_again(self, nursery: Nursery) -> None:
        nursery.is_warm = nursery.was_warm = True
        for child in self.children:  # an order to the last nursery may have been lost with it
            child.start_at = min(child.start_at, time.monotonic() + child.pause)

    def _reap(self) -> None:
        now = time.monotonic()
        for child, code in self._ended():
            if code == lifeline.FATAL:
                self._stopping, self._code = True, 1
                continue
            child.start_at = now + child.pause_after(code, now)
            if not self._stopping:
                _say(f"{child.name} ended ({_reason(code)}); starting it again.")

    def _ended(self) -> Iterator[tuple[Child, int]]:
        """Yield children that ended, with their exit codes; others that were left to us are buried."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            code = os.waitstatus_to_exitcode(status)
            for child in self._all():
                if child.pid == pid:
                    child.ended(code)
                    yield child, code

    def _stop(self) -> None:
        """End all children: politely, and after the grace for good."""
        until = time.monotonic() + GRACE_SECONDS
        self._signal(signal.SIGTERM)
        while any(child.pid for child in self._all()) and time.monotonic() < until:
            time.sleep(0.02)
            list(self._ended())
        self._signal(signal.SIGKILL)
        for child in self._all():
            if child.pid:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child.pid, 0)

    def _signal(self, number: signal.Signals) -> None:
        for child in self._all():
            if child.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def _noted(number: int, frame: object) -> None:
    """Do nothing: the signal has been written to the wake-up socket."""


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
