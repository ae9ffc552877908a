"""A site of 20,000 pages under every segment and period: rows add up, and panels stay within bounds.

    python -m benchmarks.many_pages [--data FOLDER]     5 million facts over 90 days, as benchmarks.reports

For each period and segment, all panels are asked that the overview shows, two at a time, in a process
that imported everything and holds no answer to them; the reference of the ratio is the same without a
segment. Then the report of pages is paged through to its end: every measure that adds up must give its
total, and no page may come twice. Bounds are the house's: 2 seconds for up to 30 days, 5 for 90. In a
new folder the first run also writes the statements, which are kept on disk: the second tells what a
reader sees.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reports import END, NOW, OVERVIEW, data_folder, set_up
from tests.contracts.adding_up import SEGMENTS, Address, pages_added_up

if TYPE_CHECKING:
    from zoco.ledger.asking.answer import Answer
    from zoco.ledger.store.base import Store

BOUND = {1: 2.0, 30: 2.0, 90: 5.0}


def asked(key: str, address: Address, store: Store) -> Answer:
    """Ask one report."""
    from zoco.ledger.asking.ask import ask
    from zoco.ledger.asking.question import Question
    from zoco.ledger.report import report_named

    report = report_named(key)
    return ask(report, Question.from_address(address, report=report, now=NOW), store=store)


def seconds(address: Address, store: Store) -> float:
    """Return how long all panels take, two at a time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda key: asked(key, address, store), OVERVIEW))
    return time.perf_counter() - began


def main() -> int:
    """Measure and print; the exit code says whether all bounds hold and everything adds up."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--data", type=Path, help="keep the facts in this folder and use them again")
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    os.environ["ZOCO_THREADS"] = "2"
    failed = 0
    with data_folder(options.data, 5_000_000, max(BOUND)) as folder:
        os.environ["ZOCO_DATA"] = str(folder)
        set_up()
        from zoco.ledger.store.opening import open_store

        store = open_store()
        seconds({"period": f"{END - timedelta(days=3)}..{END - timedelta(days=3)}"}, store)
        for days, bound in BOUND.items():
            period = f"{END - timedelta(days=days)}..{END - timedelta(days=1)}"
            reference = 0.0
            for name, segment in SEGMENTS.items():
                address = {"period": period, **segment}
                took = seconds(address, store)
                reference = reference or took
                pages, found = pages_added_up(address, store, NOW)
                failed += bool(found) or took > bound
                print(
                    f"{days:>3} days  {name:<26} {pages:>6} pages  {took:5.2f} s of {bound:.0f}"
                    f"  ratio {took / reference:.2f}  {'; '.join(found) or 'adds up'}"
                )
    print(f"{failed} of {len(BOUND) * len(SEGMENTS)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
