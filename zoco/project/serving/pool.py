"""A bounded pool of threads that live as long as the process, each with its own database connection.

No thread ever waits for the event loop: a thread runs a job, hands the result to the loop and takes
the next job. A job may ask for one thread by its number; so a streaming answer, whose pieces are
jobs of their own, is always produced by the thread that holds its connection.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class PoolFull(RuntimeError):
    """Too many requests wait already."""


class Job(Generic[T]):
    """One call in the pool. `await job` gives its result; `abandon()` drops it if it has not begun.

    `thread` is the number of the thread that ran it. The context is the request's own, so that
    language and script prefix of one request are not seen by another on the same thread.
    """

    __slots__ = ("_call", "context", "done", "loop", "thread")

    def __init__(self, call: Callable[[], T], context: Context | None = None, thread: int = -1) -> None:
        self._call = [call]
        self.context = context or copy_context()
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[T] = self.loop.create_future()
        self.thread = thread

    def abandon(self) -> bool:
        """Do not begin; return False when it has begun already and goes on."""
        try:
            self._call.pop()
        except IndexError:
            return False
        return True

    def run(self, thread: int) -> None:
        """Run in the pool's thread."""
        try:
            call = self._call.pop()
        except IndexError:
            return
        self.thread = thread
        try:
            result = self.context.run(call)
        except BaseException as error:
            self._tell(self._fail, error)
        else:
            self._tell(self._succeed, result)

    def _tell(self, tell: Callable[[Any], None], value: object) -> None:
        try:
            self.loop.call_soon_threadsafe(tell, value)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    def _succeed(self, result: T) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Pool:
    """`size` threads and at most `waiting` jobs that wait for one."""

    def __init__(self, size: int, *, waiting: int = 1000, at_end: Callable[[], None] | None = None) -> None:
        self.size = size
        self._waiting = waiting
        self._at_end = at_end
        self._shared: deque[Job[Any]] = deque()
        self._own: list[deque[Job[Any]]] = [deque() for _ in range(size)]
        self._lock = threading.Lock()
        self._ready = [threading.Condition(self._lock) for _ in range(size)]
        self._sleeping: list[int] = []
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"django-{number}", daemon=True)
            for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job[Any]) -> bool:
        """Queue a job; return whether a thread was free for it. Raises PoolFull."""
        with self._lock:
            if job.thread >= 0:
                self._own[job.thread].append(job)
                self._wake(job.thread)
                return True
            if len(self._shared) >= self._waiting:
                raise PoolFull(f"{self._waiting} requests wait already.")
            self._shared.append(job)
            return self._wake_any()

    def _wake(self, number: int) -> None:
        if number in self._sleeping:
            self._sleeping.remove(number)
            self._ready[number].notify()

    def _wake_any(self) -> bool:
        if not self._sleeping:
            return False
        self._wake(self._sleeping[-1])
        return True

    def close(self, seconds: float) -> None:
        """Let running jobs finish for up to this long; waiting ones are dropped."""
        with self._lock:
            self._stopping = True
            for number in list(self._sleeping):
                self._wake(number)
        for thread in self._threads:
            thread.join(seconds / self.size)

    def _work(self, number: int) -> None:
        while (job := self._next(number)) is not None:
            job.run(number)
            del job
        if self._at_end is not None:
            self._at_end()

    def _next(self, number: int) -> Job[Any] | None:
        own, ready = self._own[number], self._ready[number]
        with self._lock:
            while True:
                if own:
                    if self._shared:
                        self._wake_any()
                    return own.popleft()
                if self._stopping:
                    return None
                if self._shared:
                    return self._shared.popleft()
                self._sleeping.append(number)
                ready.wait()
