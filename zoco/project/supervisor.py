"""The supervisor: holds the listening socket, starts worker and web processes, starts them again.

Standard library only and no Django: it must stay small and have nothing that can break.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zoco.project.lifeline import FATAL

GRACE_SECONDS = 4.5
LONG_ENOUGH_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = {"killed": 1.0, "failed": 20.0}


@dataclass(slots=True)
class Child:
    """A process that is always to run. `arguments` follow the interpreter."""

    name: str
    arguments: Sequence[str]
    fds: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS

    def pause_after(self, code: int, now: float) -> float:
        """Return how long to wait: next to nothing after a kill, longer each time it fails quickly."""
        if now - self.started_at > LONG_ENOUGH_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        pause = self.pause
        self.pause = min(pause * 2, LONGEST_PAUSE_SECONDS["killed" if code < 0 else "failed"])
        return pause


@dataclass(slots=True)
class Supervisor:
    """Run the children until SIGINT, SIGTERM, or until one of them ends with FATAL."""

    children: list[Child]
    on_ready: Callable[[], None] = lambda: None
    _waiting: set[str] = field(default_factory=set)
    _stopping: bool = False
    _code: int = 0
    _lifeline: tuple[int, int] = (-1, -1)
    _ready: tuple[int, int] = (-1, -1)

    def run(self) -> int:
        """Return the exit code: 0 after a signal, 1 when a child said that it cannot work."""
        self._lifeline, self._ready = os.pipe(), os.pipe()
        self._waiting = {child.name for child in self.children}
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
                    self._hear_signals(wake) if key.fileobj is wake else self._hear_ready()
                self._reap()
        self._stop()
        return self._code

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.start_at <= now:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        life, ready = self._lifeline[0], self._ready[1]
        child.started_at = now
        child.process = subprocess.Popen(
            [sys.executable, *child.arguments],
            env=os.environ
            | {"ZOCO_PROCESS": child.name, "ZOCO_LIFELINE": str(life), "ZOCO_READY": str(ready)},
            pass_fds=(life, ready, *child.fds),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _until_next(self) -> float:
        now = time.monotonic()
        pauses = [max(child.start_at - now, 0.0) for child in self.children if child.process is None]
        return min(pauses, default=60.0)

    def _hear_signals(self, wake: socket.socket) -> None:
        for number in wake.recv(4096):
            if number in {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
                self._stopping = True

    def _hear_ready(self) -> None:
        pids = os.read(self._ready[0], 4096).split()
        for child in self.children:
            if child.process is not None and str(child.process.pid).encode() in pids:
                if self._waiting == {child.name}:
                    self.on_ready()
                self._waiting.discard(child.name)

    def _reap(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None or (code := child.process.poll()) is None:
                continue
            child.process = None
            if code == FATAL:
                self._stopping, self._code = True, 1
                continue
            child.start_at = now + child.pause_after(code, now)
            if not self._stopping:
                _say(f"{child.name} ended ({_reason(code)}); starting it again.")

    def _stop(self) -> None:
        """End all children: politely, and after the grace for good."""
        until = time.monotonic() + GRACE_SECONDS
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(max(until - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _noted(number: int, frame: object) -> None:
    """Do nothing: the signal has been written to the wake-up socket."""


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
