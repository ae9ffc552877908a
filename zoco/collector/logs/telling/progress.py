"""How far an import is: a bar on a terminal, a line now and then elsewhere. Always on stderr."""

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

BAR = 24
TERMINAL_SECONDS = 0.2
LOG_SECONDS = 15.0


@dataclass
class Progress:
    """Shows bytes, lines a second and the time left. `total` 0: not known."""

    total: int
    out: TextIO = field(default_factory=lambda: sys.stderr)
    began: float = field(default_factory=time.monotonic)
    shown_at: float = field(default_factory=time.monotonic)
    is_open: bool = False

    def show(self, done: int, lines: int) -> None:
        """Show where things stand, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self.shown_at < (TERMINAL_SECONDS if self.out.isatty() else LOG_SECONDS):
            return
        self.shown_at = now
        words = self.words(done, lines, now - self.began)
        if self.out.isatty():
            self.out.write(f"\r\x1b[K{words}")
            self.is_open = True
        else:
            self.out.write(f"{words}\n")
        self.out.flush()

    def words(self, done: int, lines: int, seconds: float) -> str:
        """Return the state in words: "[####----]  40 %  12.0 of 30.0 MB  90,000 lines/s  0:12 left"."""
        rate = lines / seconds if seconds > 0 else 0.0
        if not self.total:
            return f"{lines:,} lines  {rate:,.0f} lines/s"
        share = min(done / self.total, 1.0)
        left = seconds / share - seconds if share > 0 else 0.0
        bar = ("#" * round(share * BAR)).ljust(BAR, "-")
        return (
            f"[{bar}] {share:4.0%}  {done / 1e6:,.1f} of {self.total / 1e6:,.1f} MB  "
            f"{lines:,} lines  {rate:,.0f} lines/s  {int(left) // 60}:{int(left) % 60:02d} left"
        )

    def note(self, words: str) -> None:
        """Write a line of its own, above the bar."""
        self.close()
        self.out.write(words + "\n")
        self.out.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self.is_open:
            self.out.write("\r\x1b[K")
            self.out.flush()
            self.is_open = False
