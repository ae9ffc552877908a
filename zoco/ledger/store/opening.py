"""Which store this installation has, and one of it for each process."""

import atexit
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from zoco.kit import conf
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store

if TYPE_CHECKING:
    from zoco.ledger.store.clickhouse.turns import Turn


def open_store(*, lead: bool | None = None) -> Store:
    """Open the store that EVENTS_URL and DATA name; close it when done, that gives leadership back.

    `lead` matters for the DuckDB file only: True leads or raises StoreBusy, False never leads, None
    leads when nobody does. Raises StoreNewer, LedgerUnreadable, FolderUnwritable.
    """
    folder = conf.DATA()
    url = conf.EVENTS_URL()
    if url:
        return _open_cluster(url, folder)
    from zoco.ledger.store.duckdb.store import DuckStore

    return DuckStore(folder, lead=lead)


def store() -> Store:
    """Return the one store of this process; safe after a fork. It is closed when the process ends."""
    key = (str(conf.DATA().absolute()), conf.EVENTS_URL())
    held = _held.get(key)
    if held is not None:
        return held
    with _gate[0]:
        if key not in _held:
            while _held:
                _held.popitem()[1].close()
            _held[key] = open_store()
        return _held[key]


def close() -> None:
    """Close the store of this process; `store` opens it again."""
    with _gate[0]:
        while _held:
            _held.popitem()[1].close()


def stand_by(stop: threading.Event) -> None:
    """Keep the ledger led and drained until `stop`; call it in a thread of each long-lived process.

    DuckDB: one of all who stand by leads. Cluster: one of this machine's drains its spool.
    Raises StoreNewer.
    """
    from zoco.ledger.store.duckdb.store import DuckStore

    opened = store()
    if isinstance(opened, DuckStore):
        opened.stand_by(stop)
    else:
        from zoco.ledger.store.draining import drain_until

        drain_until(stop, opened, conf.DATA())


def share_turns(turn: "Turn") -> None:
    """Register the lock that all machines share; called once, by whoever knows their database."""
    _turns[:] = [turn]


def is_erased(fact: Fact) -> bool:
    """Say whether a fact is of somebody who was erased after it happened."""
    from zoco.ledger.store.erasures import book

    return book(conf.DATA()).is_erased(fact)


def _open_cluster(url: str, folder: Path) -> Store:
    from zoco.ledger.spool.folder import SpoolFolder
    from zoco.ledger.store.clickhouse.opening import open_clickhouse
    from zoco.ledger.store.erasures import book, erasure_key

    erasures = book(folder)
    return open_clickhouse(
        url,
        SpoolFolder(folder / "spool"),
        erasure_key=erasure_key(folder),
        turn=_turns[0] if _turns else None,
        erasures=erasures,
    )


_turns: list["Turn"] = []
_held: dict[tuple[str, str], Store] = {}
_gate = [threading.Lock()]


def _after_fork() -> None:
    """A child begins anew: a DuckStore sees to itself, another is the parent's and is dropped."""
    _gate[0] = threading.Lock()
    for key, opened in list(_held.items()):
        if opened.dialect != "duckdb":
            _left.append(_held.pop(key))


_left: list[Store] = []
os.register_at_fork(after_in_child=_after_fork)
atexit.register(close)
