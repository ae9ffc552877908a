"""Two million facts in DuckDB and in ClickHouse's engine: equal sessions, equal answers of every report.

    python -m benchmarks.engines_agree [--facts 2000000] [--visitors 130000]

Prints what was compared and how long each engine took to load; ends with 1 when anything differs.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

DAY = 86_400_000_000


def main() -> int:
    """Make the facts, load them twice, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, default=2_000_000)
    parser.add_argument("--visitors", type=int, default=130_000)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory(prefix="zoco-agree-") as folder:
        return compare(Path(folder), given.facts, given.visitors)


def compare(folder: Path, facts: int, visitors: int) -> int:
    """Return how many questions had different answers, as an exit code."""
    from tests.contracts.many_facts import CHANGES
    from zoco.ledger.report import reports_all

    with timed(f"made {facts:,} facts"):
        make(folder, facts, visitors)
    one, other = load(folder)
    wrong = sessions_differ(one, other)
    for zone in CHANGES:
        with timed(f"asked {len(reports_all())} reports in {zone}"):
            wrong += sum(reports_differ(one, other, zone))
    one.close()
    other.close()
    print("different answers:", wrong)
    return int(wrong > 0)


def make(folder: Path, facts: int, visitors: int) -> None:
    """Write the same facts into two spools, day by day and disordered within a day."""
    from tests.contracts.many_facts import facts_many
    from zoco.ledger.schema import encoder
    from zoco.ledger.spool import BulkSegment

    lines: dict[int, list[bytes]] = {}
    for fact in facts_many(facts, visitors):
        lines.setdefault(fact.occurred_at // DAY, []).append(encoder.encode(fact) + b"\n")
    spools = [folder / "duckdb" / "spool", folder / "clickhouse"]
    for day in sorted(lines):
        for spool in spools:
            with BulkSegment(spool, "many") as bulk:
                bulk.write(b"".join(lines[day]))


def load(folder: Path) -> "tuple[Store, Store]":
    """Load both spools; print how long that took."""
    from zoco.ledger.spool import SpoolFolder
    from zoco.ledger.store.clickhouse.opening import open_clickhouse
    from zoco.ledger.store.duckdb.store import DuckStore

    with timed("loaded into duckdb"):
        one = DuckStore(folder / "duckdb", lead=True)
        one.drain()
    with timed("loaded into clickhouse"):
        other = open_clickhouse(f"chdb://{folder}/chdb/agree", SpoolFolder(folder / "clickhouse"))
        other.drain()
    return one, other


def sessions_differ(one: "Store", other: "Store") -> int:
    """Compare every fact's session and entry."""
    from zoco.ledger.schema import ENTRY

    tables = [
        store.query(
            f"SELECT CAST(id AS {text}) AS fact, visitor, session, {', '.join(ENTRY)} FROM facts"
        ).sort_by("fact")
        for store, text in ((one, "VARCHAR"), (other, "String"))
    ]
    rows = tables[0].num_rows
    distinct = {name: tables[0][name].unique() for name in ("visitor", "session")}
    same = [column.to_pylist() == tables[1][name].to_pylist() for name, column in named(tables[0])]
    print(f"facts {rows:,}, visitors {len(distinct['visitor']):,}, sessions {len(distinct['session']):,}")
    print("sessions and entries are equal:", all(same))
    return int(not all(same))


def named(table: "pa.Table") -> "list[tuple[str, pa.ChunkedArray]]":
    """Return the columns of a table with their names."""
    return list(zip(table.column_names, table.columns, strict=True))


def reports_differ(one: "Store", other: "Store", zone: str) -> Iterator[int]:
    """Ask every report both stores; give 1 for each answer that differs."""
    from tests.contracts.agreement import GOALS, both_answers, differences, questions
    from zoco.ledger.asking import goals
    from zoco.ledger.report import reports_all

    goals.provide(lambda site: GOALS)
    for report in reports_all():
        for question in questions(report, zone):
            found = differences(both_answers(report, question, one, other))
            if found:
                print(f"{report.key} {question.period} in {zone} differs: {found}")
            yield int(bool(found))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what was done and how long it took."""
    began, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s, {time.process_time() - cpu:.1f} CPU s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
