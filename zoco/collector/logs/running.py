"""A run of `zoco import log`: the files one after the other, or all of them followed."""

import time
from collections.abc import Callable
from typing import Protocol

from zoco.collector.logs.base import FormatUnknown
from zoco.collector.logs.files.reading import LogFile, LogUnreadable
from zoco.collector.logs.following import Follower
from zoco.collector.logs.importing import LogImport, Plan
from zoco.collector.logs.quick import Counts, Refusal
from zoco.collector.logs.telling.progress import Progress
from zoco.collector.logs.telling.summary import FileSummary, Summary

POLL_SECONDS = 0.5
STDIN_SECONDS = 1.0


class Loads(Protocol):
    """What brings segments into the ledger."""

    def written(self) -> None:
        """Called when a segment became durable."""

    def drain(self) -> None:
        """Load what lies in the spool; returns when it can be queried."""

    def added(self) -> int:
        """Return how many facts of this run are in the ledger."""


class Run:
    """Imports or follows logs. `shown` is how many refusals are written out one by one.

    `stop` ends it between two pieces of work, so that a checkpoint never covers what was not written.
    """

    def __init__(self, plan: Plan, loader: Loads, progress: Progress, *, shown: int = 10) -> None:
        self.plan = plan
        self.loader = loader
        self.progress = progress
        self.left_to_show = shown
        self.summary = Summary(plan.site.slug)
        self.is_stopping = False
        self._lines = 0
        self._bytes = 0

    def stop(self) -> None:
        """End soon, with everything safe that was read; may be called from a signal's handler."""
        self.is_stopping = True

    def import_all(self, names: list[str]) -> Summary:
        """Import files in turn; stops when asked to, with what was read until then."""
        return self._timed(lambda: self._import_each(names))

    def follow_all(self, names: list[str]) -> Summary:
        """Follow files until asked to stop. Raises LogUnreadable when one cannot be opened at first."""
        return self._timed(lambda: self._follow(names))

    def _timed(self, work: Callable[[], object]) -> Summary:
        began = time.monotonic()
        work()
        self.summary.is_stopped = self.is_stopping
        self.loader.drain()
        self.progress.close()
        self.summary.added = self.loader.added() if self.summary.facts else 0
        self.summary.seconds = time.monotonic() - began
        return self.summary

    def _import_each(self, names: list[str]) -> None:
        for name in names:
            if not self.is_stopping:
                self._import(name)

    def _import(self, name: str) -> None:
        summary = FileSummary(name)
        self.summary.files.append(summary)
        try:
            log = LogFile(name)
            importing = LogImport(self.plan, log, self.loader.written, self._show)
        except LogUnreadable as error:
            summary.problem = str(error)
            return
        summary.read_before = importing.lines_before
        try:
            if self._read(importing):
                importing.finish()
            else:
                importing.close()
        except (LogUnreadable, FormatUnknown) as error:
            summary.problem = f"{name}: {error}" if isinstance(error, FormatUnknown) else str(error)
            importing.close()
        except BaseException:
            importing.abandon()
            raise
        finally:
            self._note(summary, importing)

    def _read(self, importing: LogImport) -> bool:
        """Read to the end of the file; False when asked to stop before."""
        log = importing.log
        while not self.is_stopping:
            if not log.has_more(STDIN_SECONDS):
                importing.flush()
                continue
            if not importing.read_on():
                return True
            self.progress.show(self._bytes + log.done()[0], self._lines + importing.counts.lines)
        return False

    def _note(self, summary: FileSummary, importing: LogImport) -> None:
        summary.counts = importing.counts
        summary.format = importing.quick.format.key if importing.quick else ""
        if importing.counts.refused:
            summary.refused_list = str(importing.memory.refused_path)
        self._lines += importing.counts.lines
        self._bytes += importing.log.size

    def _follow(self, names: list[str]) -> None:
        followers = [Follower(self.plan, name, self.loader.written, self._show) for name in names]
        while not self.is_stopping:
            for follower in followers:
                follower.poll()
            lines = sum(counts.lines for follower in followers for counts in follower.counts())
            self.progress.show(0, lines)
            time.sleep(POLL_SECONDS)
        for follower in followers:
            follower.poll()
            follower.close()
            self.summary.files.append(_followed(follower))

    def _show(self, name: str, refusal: Refusal) -> None:
        if self.left_to_show <= 0:
            return
        self.left_to_show -= 1
        start = refusal.line[:80].decode("utf-8", "backslashreplace")
        printable = "".join(letter if letter.isprintable() else "." for letter in start)
        self.progress.note(f"{name}:{refusal.number}: {refusal.reason.sentence} {printable}")
        if self.left_to_show == 0:
            self.progress.note("Further refusals are counted and listed, not shown.")


def _followed(follower: Follower) -> FileSummary:
    total = Counts()
    for counts in follower.counts():
        total.lines += counts.lines
        total.facts += counts.facts
        total.blank += counts.blank
        total.refused.update(counts.refused)
    current = follower.current
    listed = str(current.memory.refused_path) if total.refused else ""
    return FileSummary(follower.name, current.quick.format.key if current.quick else "", total, 0, listed)
