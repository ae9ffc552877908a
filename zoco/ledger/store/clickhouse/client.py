"""The connection: settings that every statement runs under, and errors in the ledger's words."""

import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pyarrow as pa
from clickhouse_connect import get_client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.exceptions import OperationalError as Unreachable

from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.store.clickhouse.address import Address

SETTINGS: dict[str, Any] = {
    "session_timezone": "UTC",
    "max_query_size": 64 << 20,
    # Answers: the newest version of each row, and NULL where the other engine gives it.
    "final": 1,
    "do_not_merge_across_partitions_select_final": 1,
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    # Changes: done on every server when the call returns.
    "mutations_sync": 2,
    "alter_sync": 2,
    "distributed_ddl_task_timeout": 600,
    "distributed_foreground_insert": 1,
}

# For statements that name somebody who is to be forgotten: the server's own log of queries keeps none.
UNLOGGED: dict[str, Any] = {"log_queries": 0}


class Client:
    """One client of one database. Methods may be called from any thread."""

    def __init__(self, address: Address) -> None:
        self.address = address
        # The engine in process answers one statement at a time on a handle; a server many.
        self._one = threading.RLock()
        self._client = _connect(address)

    def table(self, sql: str, settings: dict[str, Any] | None = None) -> pa.Table:
        """Answer a SELECT. Raises QueryFailed, StoreBusy."""
        return self._run(self._client.query_arrow, sql, settings=settings)

    def reader(self, sql: str) -> pa.RecordBatchReader:
        """Answer a SELECT in batches. Raises QueryFailed, StoreBusy, also while reading."""
        stream = self._run(self._client.query_arrow_stream, sql)
        batches = stream.__enter__()
        first = next(batches, None)
        if first is None:
            stream.__exit__(None, None, None)
            return self.table(sql).to_reader()
        return pa.RecordBatchReader.from_batches(first.schema, _read(stream, first, batches))

    def rows(self, sql: str, settings: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Answer a SELECT of a few rows as Python values."""
        table = self.table(sql, settings)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def change(self, sql: str, settings: dict[str, Any] | None = None) -> None:
        """Run one statement that changes something; returns when it is done on every server."""
        self._run(self._client.command, sql, settings=settings)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Insert rows; each block is written whole or not at all."""
        if rows.num_rows:
            self._run(self._client.insert_arrow, table, rows)

    def close(self) -> None:
        """Close the connections."""
        with self._one:
            self._client.close()

    def _run(self, method: Any, *given: Any, **named: Any) -> Any:
        try:
            if not self.address.folder:
                return method(*given, **named)
            with self._one:
                return method(*given, **named)
        except Unreachable as error:
            raise StoreBusy(f"The ClickHouse at {self.address.host} does not answer: {error}") from error
        except ClickHouseError as error:
            raise QueryFailed(str(error)) from error


def _read(stream: Any, first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Give the batches; the stream is closed after the last, on an error, or when nobody reads on."""
    try:
        yield from chain([first], rest)
    except ClickHouseError as error:
        raise QueryFailed(str(error)) from error
    finally:
        stream.__exit__(None, None, None)


def _connect(address: Address) -> Any:
    """Connect, making the database where there is none."""
    try:
        first = _client(address, "")
        where = f" ON CLUSTER {address.cluster}" if address.cluster else ""
        first.command(f"CREATE DATABASE IF NOT EXISTS {address.database}{where}")
        first.close()
        return _client(address, address.database)
    except Unreachable as error:
        raise StoreBusy(f"The ClickHouse at {address.host} does not answer: {error}") from error


def _client(address: Address, database: str) -> Any:
    named: dict[str, Any] = {"database": database} if database else {}
    if address.folder:
        return get_client(dsn=f"chdb://{address.folder}", settings=SETTINGS, **named)
    return get_client(
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        secure=address.is_encrypted,
        # Without a session of its own a client may be asked by many threads at once.
        autogenerate_session_id=False,
        connect_timeout=10,
        settings=SETTINGS,
        **named,
    )
