"""A sender is killed again and again while letters leave: none is skipped, few are uncertain, sums are exact.

A real server takes 5,000 letters by 10 connections; the sender dies by SIGKILL ten times, at any moment.
After each death its leases are let run out by a clock that is put forward, and another one goes on.
Run: `.venv/bin/python -m benchmarks.sending_kills [letters] [kills] [lines]`
"""

import os
import random
import shutil
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from benchmarks.sending import FOLDER, prepared, smtp_sink
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.sender import batches_send
from zoco.channels.claiming import LEASE
from zoco.channels.concluding import lost_settle
from zoco.channels.models import Message


def life(lines: int) -> int:
    """Begin a sender; returns its process."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            batches_send(stop=threading.Event(), lines=lines)
        finally:
            os._exit(0)
    return child


def main(count: int = 5_000, kills: int = 10, lines: int = 10) -> None:
    """Run it, and say whether it holds."""
    rng, uncertain, most = random.Random(7), 0, 0
    try:
        with smtp_sink() as port:
            batch = prepared(count, port)
            for _ in range(kills):
                child = life(lines)
                time.sleep(rng.uniform(0.3, 1.2))
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                lost_settle(now=timezone.now() + LEASE + timedelta(seconds=1), most=count)
                Message.objects.filter(state=Message.State.WAITS).update(next_at=timezone.now())
                now = batch_counts(batch).uncertain
                most, uncertain = max(most, now - uncertain), now
            for _ in range(20):
                os.waitpid(life(lines), 0)
                batch.refresh_from_db()
                if batch.state == Batch.State.FINISHED:
                    break
            counts = batch_counts(batch)
        print(f"{counts.total:,} letters, {kills} kills, {lines} lines: {counts.sent:,} sent, "
              f"{counts.uncertain} uncertain (at most {most} a kill), {counts.failed} failed, "
              f"{counts.waiting} waiting")  # fmt: skip
        holds = counts.ended == counts.total == count and most <= lines and not counts.failed
        print("holds" if holds and batch.state == Batch.State.FINISHED else "DOES NOT HOLD")
        sys.exit(0 if holds else 1)
    finally:
        shutil.rmtree(Path(FOLDER), ignore_errors=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
