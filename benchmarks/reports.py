"""Reports against hand-written SQL, and all panels of a period cold and warm.

    python -m benchmarks.reports                        5 million facts over 90 days
    python -m benchmarks.reports --facts 20000000 --days 365

Everything runs on two threads through the process's own store. "Ratio" is a panel's query by the
fastest of several runs, taken in turns with the SQL in benchmarks/sql/. "Cold" is a new process
with an empty result cache, two panels asked at a time as a browser does: imports are told apart from
the answers. "First ever" has no statements on disk either. "Warm" asks once more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

SQL = Path(__file__).parent / "sql"
END = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PANELS = (
    "traffic", "requests", "pages", "entry-pages", "exit-pages", "referrers", "channels", "sources",
    "campaigns", "countries", "languages", "devices", "browsers", "systems", "errors", "bots", "served",
)  # fmt: skip
OVERVIEW = ("traffic", "channels", "pages", "countries", "goals", "bots", "devices", "engagement")
SETS = {
    "the overview page": OVERVIEW,
    "the first reports": (*OVERVIEW, "entry-pages", "exit-pages", "browsers"),
    "all reports": PANELS,
}
RATIO_MOST = 1.3
COLD_ROUNDS = 3


def generate(folder: Path, facts: int, days: int) -> None:
    """Fill a data folder's ledger with made-up facts, in the order in which they happened."""
    import duckdb

    from zoco.ledger.store.duckdb.ddl import migrate

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "ledger.duckdb"), config={"threads": 2}) as con:
        migrate(con)
        con.execute(
            (SQL / "generate.sql").read_text(),
            {
                "facts": facts,
                "visitors": facts * 8 // 100,
                "paths": 20_000,
                "days": days,
                "end": f"{END} 00:00:00",
            },
        )


def set_up() -> None:
    """Get Django ready, with one site that counts by log, in UTC, and two goals."""
    import django

    django.setup()
    from zoco.ledger import sitebook
    from zoco.ledger.asking import goals

    goals.provide(lambda site: (goals.Goal("Page", "page", "/section-1/**"), goals.Goal("Money", "revenue")))
    site = sitebook.SiteInfo(1, "shop", "Shop", "UTC", "EUR", 0, "log", False, ("shop.example",))
    sitebook.provide(lambda: [site])


def panels(days: int, keys: Sequence[str]) -> None:
    """Answer these panels with the period before, two at a time."""
    from concurrent.futures import ThreadPoolExecutor

    from zoco.ledger.asking.ask import ask
    from zoco.ledger.asking.question import Question
    from zoco.ledger.report import report_named

    period = f"{END - timedelta(days=days)}..{END - timedelta(days=1)}"

    def answer(key: str) -> None:
        report = report_named(key)
        ask(report, Question.from_address({"period": period}, report=report, now=NOW), now=NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answer, keys))


def cold(days: int, keys: Sequence[str]) -> None:
    """Print the seconds of imports, of the first answers and of the second, as JSON."""
    began = time.perf_counter()
    set_up()
    import zoco.ledger.asking.ask
    import zoco.ledger.store.duckdb.store  # noqa: F401
    from zoco.ledger.report import reports_load

    reports_load()
    imported = time.perf_counter()
    panels(days, keys)
    first = time.perf_counter()
    panels(days, keys)
    second = time.perf_counter()
    print(json.dumps({"imports": imported - began, "cold": first - imported, "warm": second - first}))


def in_new_process(days: int, keys: Sequence[str]) -> dict[str, float]:
    """Run `cold` in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reports", "--cold", str(days), "--panels", ",".join(keys)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def tell_cold(folder: Path, days: int, of_days: int, facts: int) -> None:
    """Print what each set of panels takes, the first time ever and in a new process."""
    for name, keys in SETS.items():
        shutil.rmtree(folder / "tmp" / "statements", ignore_errors=True)
        first = in_new_process(days, keys)["cold"]
        told = min((in_new_process(days, keys) for _ in range(COLD_ROUNDS)), key=lambda each: each["cold"])
        figures = "  ".join(f"{word} {value:.2f} s" for word, value in told.items())
        over = f"{days} days of {of_days}, {facts:,} facts"
        print(f"{name} ({len(keys)}), {over}: {figures}  first ever {first:.2f} s")


def ratios(folder: Path, days: int, rounds: int) -> list[tuple[str, float, float]]:
    """Return each panel's seconds: the report's statement, the hand-written one."""
    import duckdb

    from zoco.ledger.asking.question import Question
    from zoco.ledger.asking.statements import statement
    from zoco.ledger.report import report_named

    period = f"{END - timedelta(days=days)}..{END - timedelta(days=1)}"
    bounds = {
        "end": f"{END} 00:00:00",
        "start": f"{END - timedelta(days=days)} 00:00:00",
        "before": f"{END - timedelta(days=2 * days)} 00:00:00",
    }
    found = []
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        for key in PANELS:
            report = report_named(key)
            question = Question.from_address({"period": period}, report=report, now=NOW)
            asked = statement.Asked.of(report, question, "duckdb")
            ours = statement.curve_sql(asked) if report.picture == "curve" else statement.page_sql(asked)
            theirs = (SQL / f"{key}.sql").read_text()
            same_rows(key, con.execute(ours).fetchall(), con.execute(theirs, bounds).fetchall())
            pair: tuple[list[float], list[float]] = ([], [])
            for _ in range(rounds):
                pair[0].append(seconds(con, ours))
                pair[1].append(seconds(con, theirs, bounds))
            found.append((key, min(pair[0]), min(pair[1])))
    return found


def same_rows(key: str, ours: list[Any], theirs: list[Any]) -> None:
    """Stop when the two statements do not answer alike."""
    if len(ours) != len(theirs) or {row[0] for row in ours} - {cell for row in theirs for cell in row}:
        raise SystemExit(
            f"{key}: the hand-written SQL answers otherwise ({len(ours)} and {len(theirs)} rows)."
        )


def seconds(con: Any, sql: str, bounds: dict[str, str] | None = None) -> float:
    """Return how long a statement took."""
    began = time.perf_counter()
    con.execute(sql, bounds).fetchall()
    return time.perf_counter() - began


@contextmanager
def data_folder(given: Path | None, facts: int, days: int) -> Iterator[Path]:
    """Return a folder with the facts; one that is given is kept and used again."""
    if given is not None:
        if not (given / "ledger.duckdb").exists():
            generate(given, facts, days)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="zoco-bench-") as made:
        generate(Path(made), facts, days)
        yield Path(made)


def parser(said: str | None) -> argparse.ArgumentParser:
    """Return what reads how many facts of how many days there are, where they lie and how often to try."""
    arguments = argparse.ArgumentParser(
        description=said, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--facts", type=int, default=5_000_000)
    arguments.add_argument("--days", type=int, default=90)
    arguments.add_argument("--data", type=Path, help="keep the facts in this folder and use them again")
    arguments.add_argument("--rounds", type=int, default=5)
    return arguments


def main() -> int:
    """Measure and print; the exit code says whether every ratio holds."""
    arguments = parser(__doc__)
    arguments.add_argument("--cold", type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--panels", default="", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    os.environ["ZOCO_THREADS"] = "2"
    if options.cold:
        cold(options.cold, options.panels.split(","))
        return 0
    with data_folder(options.data, options.facts, options.days) as folder:
        os.environ["ZOCO_DATA"] = str(folder)
        for days in (30, options.days):
            tell_cold(folder, days, options.days, options.facts)
        set_up()
        worst = 0.0
        for key, ours, theirs in ratios(folder, 30, options.rounds):
            worst = max(worst, ours / theirs)
            print(
                f"{key:<12} {ours * 1000:8.1f} ms  by hand {theirs * 1000:8.1f} ms  ratio {ours / theirs:.2f}"
            )
        print(f"worst ratio {worst:.2f}, at most {RATIO_MOST}")
    return 0 if worst <= RATIO_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
