"""Follow a log that is being written: new lines, a rotated file, a truncated one.

Rotated by renaming: the old file is read to its end, then the new one from its start. Truncated
in place: reading begins again; lines that vanished before they were read are lost to anybody.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from zoco.collector.logs.files.reading import LogFile, LogUnreadable, identity_of
from zoco.collector.logs.importing import LogImport, Plan
from zoco.collector.logs.quick import Counts, Refusal


class Follower:
    """One followed path; behind it stands another file after each rotation."""

    def __init__(
        self,
        plan: Plan,
        name: str,
        after_segment: Callable[[], None],
        on_refused: Callable[[str, Refusal], None],
    ) -> None:
        self.plan = plan
        self.name = name
        self.after_segment = after_segment
        self.on_refused = on_refused
        self.finished: list[Counts] = []
        self.current = self._open(plan)
        if not self.current.log.is_plain:
            raise LogUnreadable(f"{name} is compressed; a log that is still written is not.")

    def _open(self, plan: Plan) -> LogImport:
        opened = LogImport(plan, LogFile(self.name), self.after_segment, self.on_refused)
        self.head = opened.log.identity()
        return opened

    def poll(self) -> None:
        """Take whatever is new and make it durable."""
        if self._is_truncated():
            self._turn_to_new(self.current.log.close, replace(self.plan, from_start=True))
        self._read()
        if self._is_rotated():
            self._read()
            self._turn_to_new(self.current.finish, self.plan)
            self._read()

    def _read(self) -> None:
        while self.current.read_on():
            pass
        self.current.flush()
        if self.head.head_bytes < self.current.log.offset:
            self.head = self.current.log.identity()

    def close(self) -> None:
        """Let go of the file; an unfinished line is left for the next run."""
        self.current.close()

    def counts(self) -> list[Counts]:
        """Return what became of the lines, a record for each file."""
        return [*self.finished, self.current.counts]

    def _is_truncated(self) -> bool:
        log = self.current.log
        if os.fstat(log.raw.fileno()).st_size < log.offset:
            return True
        return identity_of(log.raw.fileno(), self.head.head_bytes) != self.head

    def _is_rotated(self) -> bool:
        try:
            now = Path(self.name).stat()
        except OSError:
            return False
        return (now.st_dev, now.st_ino) != (self.head.device, self.head.inode)

    def _turn_to_new(self, let_go: Callable[[], None], plan: Plan) -> None:
        self.finished.append(self.current.counts)
        let_go()
        self.current = self._open(plan)
