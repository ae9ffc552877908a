"""The simulated company: seconds to make it, and to have it settled in a DuckDB file; peak memory.

usage: python -m benchmarks.company [VISITORS [DAYS]]
The reference of the ratio is copying the same bytes, line by line, in this process.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from zoco.ledger.spool import BulkSegment, SpoolFolder
from zoco.ledger.store.duckdb.engine import Engine
from zoco.testing.company import Plan, company_write

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Return seconds by the clock, CPU seconds of this process, and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def copy(source: Path, target: Path) -> int:
    """Copy all segments line by line into another folder; returns the lines."""
    lines = 0
    for path in sorted(source.glob("*.ndjson")):
        with path.open("rb") as file, BulkSegment(target, "copy") as segment:
            for line in file:
                segment.write(line)
                lines += 1
    return lines


def main(visitors: int = 50_000, days: int = 365) -> None:
    """Make it, copy it, load it; print a line each."""
    plan = Plan(site=1, until=datetime.now(UTC), visitors=visitors, days=days)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool = SpoolFolder(folder / "spool")
        wall, cpu, written = timed(lambda: company_write(plan, spool.path, "bench"))
        print(f"{written.facts:,} facts, {written.size / 1e6:.0f} MB, {written.truth.visits:,} visits")
        told("made", wall, cpu, written.facts)
        wall, copied_cpu, _ = timed(lambda: copy(spool.path, folder / "copy"))
        print(f"copied   {wall:7.2f} s  {copied_cpu:7.2f} CPU s  ratio {cpu / copied_cpu:.2f}")
        engine = Engine(folder / "ledger.duckdb", spool=spool, memory="1GB", threads=2, temp=folder / "temp")
        try:
            wall, cpu, drained = timed(lambda: engine.load(spool.closed()))
        finally:
            engine.close()
        assert drained.added == written.facts, (drained, written.facts)
        told("loaded", wall, cpu, written.facts)


def told(what: str, wall: float, cpu: float, facts: int) -> None:
    """Print what a step took, and the most memory so far."""
    each = cpu / facts * 1e6
    print(f"{what:8} {wall:7.2f} s  {cpu:7.2f} CPU s  {each:5.2f} µs a fact  {_peak_mb():.0f} MB")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
