"""What every store of facts can do, whichever engine is behind it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Dialect = Literal["duckdb", "clickhouse"]


class StoreBusy(RuntimeError):
    """Nobody leads the ledger right now and it could not be taken; try again."""


class StoreNewer(RuntimeError):
    """The data were written by a newer Zoco than this one."""


class QueryRefused(ValueError):
    """Something other than one SELECT was asked."""


class QueryFailed(RuntimeError):
    """The engine could not answer."""


@dataclass(slots=True)
class Drained:
    """What one pass over the spool did. Facts: read = added + repeated + erased; aside are lines."""

    segments: int = 0
    added: int = 0
    repeated: int = 0
    erased: int = 0
    aside: int = 0
    names: set[str] = field(default_factory=set)

    def __iadd__(self, other: "Drained") -> "Drained":
        self.segments += other.segments
        self.added += other.added
        self.repeated += other.repeated
        self.erased += other.erased
        self.aside += other.aside
        self.names |= other.names
        return self


@dataclass(frozen=True, slots=True)
class Erasure:
    """Erase what was written of these until `at` (UTC microseconds), now and whenever it turns up.

    `site` 0 means all sites.
    """

    at: int
    site: int = 0
    visitors: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()


class Store(Protocol):
    """A store of facts, already migrated to this version of the schema.

    Tables for queries: facts, evidence, imported_daily (columns as in ledger.schema).
    """

    dialect: Dialect

    def query(self, sql: str) -> "pa.Table":
        """Answer one SELECT. Raises QueryRefused, QueryFailed, StoreBusy."""

    def stream(self, sql: str) -> "pa.RecordBatchReader":
        """The same, in batches, for answers larger than memory."""

    def drain(self) -> Drained:
        """Load and settle all closed segments now; returns when they can be queried."""

    def erase(self, erasure: Erasure) -> int:
        """Erase facts at once, also from segments not loaded; returns how many rows went."""

    def reclassify(self, site: int, changes: "pa.Table") -> int:
        """Overwrite derived columns: `changes` has id, occurred_at and the columns to set."""

    def retain(self, site: int, before: int, *, only_evidence: bool = False) -> int:
        """Drop what a site has of before this moment (UTC microseconds); returns how many facts went.

        With `only_evidence` the facts stay and what was sent with them goes; returns how many rows.
        """

    def put_imported(self, site: int, key: str, rows: "pa.Table") -> int:
        """Let an import have these daily sums (store.imported.SCHEMA) and no others; returns how many.

        An empty key with no rows takes all imports of the site away.
        """

    def compact(self) -> None:
        """Rewrite the files so that erased bytes are gone from the disk."""

    def backup(self, folder: Path) -> list[Path]:
        """Write a consistent copy while running; returns its files."""

    def version(self) -> int:
        """Return a number that grows with every change of the data; results may be kept under it."""

    def close(self) -> None:
        """Let go of files, sockets and leadership."""
