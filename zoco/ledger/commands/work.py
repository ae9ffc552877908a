"""`zoco work`: the work in the background, for projects that have no worker of Zoco's."""

import argparse
import fcntl
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zoco.kit.commands import COMMANDS, Command, Exit
from zoco.kit.conf import DATA
from zoco.kit.periodic import PERIODIC, done, keep_time, load_periodic

WAIT_SECONDS = 1.0


@COMMANDS.plug
class Work(Command):
    """Run all periodic work until it is stopped."""

    key = "work"
    help = "Do the work in the background: publish sites, spool, tell subscribers, retain; until stopped."
    epilog = """\
examples:
  python manage.py zoco work          in your own project, beside its server, kept running by your supervisor
  python manage.py zoco work --once   each piece once, then end; for cron

`zoco up` has a worker of its own and needs no `zoco work`. Of several on one data folder one works, the
others wait to take over. A piece that fails is logged and done again when its time comes.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say how often."""
        parser.add_argument("--once", action="store_true", help="run each piece once, then end")

    def run(self, options: argparse.Namespace) -> Exit:
        """Work."""
        load_periodic()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with _alone(stop, patient=not options.once) as is_alone:
            if not is_alone and options.once:
                print("Another worker is at it on this data folder.", file=sys.stderr)
                return Exit.NOTHING_TO_DO
            if options.once:
                failed = [piece.key for piece in PERIODIC if not done(piece)]
                return Exit.PARTLY if failed else Exit.OK
            keep_time(list(PERIODIC), stop)
        return Exit.OK


@contextmanager
def _alone(stop: threading.Event, *, patient: bool) -> Iterator[bool]:
    """Hold the lock of those who keep time in this data folder; says whether it is held."""
    path = DATA() / "tmp" / "ticks.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield True
                return
            except BlockingIOError:
                if not patient:
                    break
                stop.wait(WAIT_SECONDS)
        yield False
