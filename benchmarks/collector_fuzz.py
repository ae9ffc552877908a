"""Mutated requests to /e: no crash, no wrong fact, every refusal told and counted.

python -m benchmarks.collector_fuzz [1000000] [--seed 1]
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from zoco.collector.live.servers.waiting import WaitingCollector
from zoco.collector.tests.live.conftest import publish
from zoco.collector.tests.live.fuzzing import Spool, run


def main() -> int:
    """Send and report; an assertion ends it."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("times", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        path, spool = Path(name) / "sites.json", Spool()
        publish(path, datetime.now(UTC).date())
        collector = WaitingCollector(path, lambda: cast("Any", spool))
        for fuzz in run(collector, spool, given.seed, given.times):
            if fuzz.sent % 100_000 == 0 or fuzz.sent == given.times:
                seconds = time.perf_counter() - began
                told = f"{fuzz.taken:,} facts, {fuzz.refused:,} refused, {seconds:.0f} s"
                print(f"{fuzz.sent:>9,} requests, {told}", flush=True)
        for reason, times in sorted(collector.taking.tallies.refused_all.items()):
            print(f"  {reason:<16} {times:,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
