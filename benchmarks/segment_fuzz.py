"""A million damaged lines through the drain: what is not a fact is set aside and counted, nothing else.

usage: python -m benchmarks.segment_fuzz [LINES [SEED]]
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random

from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.spool import SpoolFolder
from zoco.ledger.spool.salvage import LineRefused, check_line
from zoco.ledger.store.duckdb.engine import Engine
from zoco.testing.mutation import mutated

SEGMENT_LINES = 50_000


def damaged_lines(first: int, rnd: Random) -> list[bytes]:
    """Return lines of facts of which two in three are damaged."""
    found: list[bytes] = []
    for number in range(first, first + SEGMENT_LINES):
        fact = schema.Fact(
            id=uuid8(number),
            site=1,
            name="web.page.viewed",
            origin="tracker",
            occurred_at=1_700_000_000_000_000 + number * 1_000_000,
            visitor=number % 9973 + 1,
            path=f"/p/{number}",
            props={"n": number, "ü": ["x", None]},
        )
        line = schema.encoder.encode(fact)
        found.extend(
            part for part in (mutated(line, rnd) if number % 3 else line).split(b"\n") if part.strip()
        )
    return found


def verdicts(lines: list[bytes]) -> tuple[int, int]:
    """Count which lines are facts and which are not, without any store."""
    refused = 0
    for line in lines:
        try:
            check_line(line)
        except LineRefused:
            refused += 1
    return len(lines) - refused, refused


def main(total: int = 1_000_000, seed: int = 1) -> None:
    """Run, hold every count against an independent one, print one line."""
    rnd, began = Random(seed), time.perf_counter()
    read = refused = 0
    with tempfile.TemporaryDirectory() as name:
        folder = SpoolFolder(Path(name) / "spool")
        engine = Engine(
            Path(name) / "ledger.duckdb", spool=folder, memory="512MB", threads=2, temp=Path(name) / "tmp"
        )
        for first in range(0, total, SEGMENT_LINES):
            lines = damaged_lines(first, rnd)
            (folder.path / f"s.{first:09}.ndjson").write_bytes(b"\n".join(lines) + b"\n")
            good, bad = verdicts(lines)
            drained = engine.load(folder.closed())
            if (drained.added + drained.repeated, drained.aside) != (good, bad):
                sys.exit(f"lines {first}…: {drained}, expected {good} facts and {bad} refused")
            read, refused = read + good, refused + bad
        engine.close()
    print(f"{read + refused} lines: {read} facts, {refused} set aside, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
