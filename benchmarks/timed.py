"""What benchmarks of one report share: seconds of the processor, of at most so many for 5 million facts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.reports import data_folder, parser, set_up


def spent(con: Any, sql: str, bounds: Mapping[str, str] | None = None) -> float:
    """Return how long the processor was at a statement, on all threads.

    Rows are read by Arrow, as the store does: objects of Python for each cell are no part of any answer.
    """
    began = time.process_time()
    con.sql(sql, params=bounds).to_arrow_table()
    return time.process_time() - began


def judged(said: str | None, measure: Callable[[Path, int, int], float], seconds_most: float) -> int:
    """Measure and print; the exit code says whether the bound holds, which is for 5 million facts.

    `measure` takes the folder with the facts, their days and how often to try; it returns the most seconds.
    """
    options = parser(said).parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    os.environ["ZOCO_THREADS"] = "2"
    with data_folder(options.data, options.facts, options.days) as folder:
        os.environ["ZOCO_DATA"] = str(folder)
        set_up()
        most = measure(folder, options.days, options.rounds)
    print(f"most {most:.2f} s, at most {seconds_most} s for 5 million facts")
    return 0 if most <= seconds_most else 1
