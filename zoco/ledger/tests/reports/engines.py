"""Facts in a store of ClickHouse's engine, and the same in one of each engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zoco.ledger.schema import Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, ledger, load
from zoco.ledger.tests.store.chdb import opened

ENGINES = ("duckdb", "clickhouse")


@contextmanager
def cluster(folder: Path, facts: Sequence[Fact]) -> Iterator[Store]:
    """Load facts and settle them; the spool lies in the folder."""
    load(folder, facts)
    made = opened(folder / "spool")
    try:
        made.drain()
        yield made
    finally:
        made.close()


@contextmanager
def both(
    folder: Path, facts: Sequence[Fact], sites: Sequence[SiteInfo] = (SITE,)
) -> Iterator[dict[str, Store]]:
    """Load facts into a store of each engine, by its name; that of DuckDB is as `ledger` says."""
    with cluster(folder / "cluster", facts) as theirs, ledger(folder, facts, sites) as ours:
        yield dict(zip(ENGINES, (ours, theirs), strict=True))
