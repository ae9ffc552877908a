"""Opening the store on ClickHouse."""

from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Store
from zoco.ledger.store.clickhouse.address import Address
from zoco.ledger.store.clickhouse.book import Book
from zoco.ledger.store.clickhouse.client import Client
from zoco.ledger.store.clickhouse.ddl import migrate
from zoco.ledger.store.clickhouse.store import ClickHouseStore
from zoco.ledger.store.clickhouse.turns import Turn, turn_by_both, turn_by_file, turn_by_thread
from zoco.ledger.store.erasures import Erasures


def open_clickhouse(
    url: str,
    spool: SpoolFolder | None,
    *,
    erasure_key: bytes = b"",
    turn: Turn | None = None,
    erasures: Erasures | None = None,
) -> Store:
    """Connect to an address as address.Address reads it, and bring its tables up to this version.

    `spool` is this machine's, None for one that only asks. `erasure_key` must be the same on every
    machine. `turn` is a lock that all machines share, taken after the machine's own. `erasures` is this
    machine's book of the erased, by which its spool is stripped. Raises AddressUnreadable, StoreBusy,
    StoreNewer.
    """
    client = Client(Address.parse(url))
    try:
        migrate(client)
    except BaseException:
        client.close()
        raise
    near = turn_by_thread if spool is None else turn_by_file(spool.path / ".turn")
    whole = near if turn is None else turn_by_both(near, turn)
    return ClickHouseStore(client, spool, book=Book(client, erasure_key), turn=whole, erasures=erasures)
