"""What the supervisor keeps running, and how long it waits before it starts one again."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

LONG_ENOUGH_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = {"killed": 0.25, "failed": 20.0}


@dataclass(slots=True, eq=False)
class Child:
    """A process that is always to run. `arguments` follow the interpreter; `pid` 0 is none."""

    name: str
    arguments: Sequence[str] = ()
    fds: tuple[int, ...] = ()
    pid: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    _process: "subprocess.Popen[bytes] | None" = None

    def spawn(self, life: int, ready: int, *fds: int, **environment: str) -> None:
        """Start an interpreter of its own."""
        self._process = subprocess.Popen(
            [sys.executable, *self.arguments],
            env=os.environ
            | {"ZOCO_PROCESS": self.name, "ZOCO_LIFELINE": str(life), "ZOCO_READY": str(ready)}
            | environment,
            pass_fds=(life, ready, *self.fds, *fds),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def ended(self, code: int) -> None:
        """Note that the process is gone."""
        self.pid = 0
        if self._process is not None:
            self._process.returncode = code  # the supervisor waited for it in its place

    def pause_after(self, code: int, now: float) -> float:
        """Return how long to wait: next to nothing after a kill, longer each time it fails quickly."""
        if now - self.started_at > LONG_ENOUGH_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        pause = self.pause
        self.pause = min(pause * 2, LONGEST_PAUSE_SECONDS["killed" if code < 0 else "failed"])
        return pause


@dataclass(slots=True, eq=False)
class Nursery(Child):
    """The process that forks the others. Until it was warm once, it begins with the first steps."""

    is_warm: bool = False
    was_warm: bool = False
    _orders: socket.socket = field(default_factory=socket.socket)

    def spawn(self, life: int, ready: int, *fds: int, **environment: str) -> None:
        """Start it, with a socket on which it hears whom to fork."""
        self._orders.close()
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        begin = "" if self.was_warm else "1"
        orders = theirs.fileno()
        Child.spawn(self, life, ready, *fds, orders, ZOCO_ORDERS=str(orders), ZOCO_BEGIN=begin, **environment)
        theirs.close()

    def order(self, name: str) -> None:
        """Ask for a child. When it comes, it says so itself; there may be none if this process dies."""
        with contextlib.suppress(OSError):
            self._orders.send(name.encode())

    def ended(self, code: int) -> None:
        """Note that the process is gone."""
        Child.ended(self, code)
        self.is_warm = False
