"""The worker's loop. The main thread runs tasks and periodic work; threads beat, tick and lead."""

import logging
import os
import secrets
import signal
import threading
import time
from types import FrameType

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from zoco.kit.periodic import PERIODIC, STEADY, load_periodic, steadily
from zoco.project import env
from zoco.project.changes import note
from zoco.project.processes import leading, lifeline
from zoco.project.worker import beats, tasks, turns
from zoco.project.worker.ticks import Ticks

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
REAP_SECONDS = 2.0
TURNS_SECONDS = 5.0
GRACE_SECONDS = 3.0


class Loop:
    """One worker. Its id is new for each process."""

    def __init__(self) -> None:
        self.id = f"{os.getpid()}-{secrets.token_hex(8)}"
        self.stop = threading.Event()
        self._watch = beats.Watch()
        self._reaped_at = 0.0
        self._turned_at = 0.0

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; what runs then has three seconds, after which it is put back."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        signal.signal(signal.SIGALRM, _out_of_time)
        note.work_here()
        load_periodic()
        beats.beat(self.id, at=timezone.now())
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        short = [one for one in PERIODIC if one.every_seconds < turns.SHORT_SECONDS]
        Ticks(short, env.data() / "tmp" / "ticks.lock", self.stop).start()
        steady = self._steady()
        leader = leading.start(self.stop)
        lifeline.report_ready()
        try:
            self._work()
        except tasks.Stopped:
            log.info("Worker ends in the middle of something; it is put back. worker=%s", self.id)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            until = time.monotonic() + GRACE_SECONDS
            for each in steady:
                each.join(max(until - time.monotonic(), 0))
            beats.leave(self.id)
            leader.join(1.0)

    def _work(self) -> None:
        while not self.stop.is_set():
            close_old_connections()
            try:
                busy = self.step()
            except OperationalError:
                log.exception("The database did not answer; trying again.")
                busy = False
            if not busy:
                self.stop.wait(IDLE_SECONDS)

    def step(self) -> bool:
        """Do what is due: bury the dead, take turns, run one task. Return whether a task was run."""
        now = time.monotonic()
        if now - self._reaped_at >= REAP_SECONDS:
            self._reaped_at = now
            living = beats.living(at=timezone.now(), watch=self._watch) | {self.id}
            tasks.reap(living)
            turns.reap(living)
        if now - self._turned_at >= TURNS_SECONDS:
            self._turned_at = now
            long = [one for one in PERIODIC if one.every_seconds >= turns.SHORT_SECONDS]
            turns.run_due(long, self.id, at=timezone.now())
        claimed = tasks.claim(self.id, at=timezone.now())
        if claimed is None:
            return False
        tasks.run(claimed)
        return True

    def _steady(self) -> list[threading.Thread]:
        """Begin what goes on in threads of its own."""
        found = [
            threading.Thread(target=steadily, args=(each, self.stop), name=each.key, daemon=True)
            for each in STEADY
        ]
        for each in found:
            each.start()
        return found

    def _beat(self) -> None:
        while not self.stop.wait(beats.BEAT_SECONDS):
            close_old_connections()
            try:
                beats.beat(self.id, at=timezone.now())
            except OperationalError:
                log.warning("Beat not written: the database did not answer. worker=%s", self.id)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if not self.stop.is_set():
            self.stop.set()
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise tasks.Stopped
