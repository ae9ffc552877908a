"""`zoco erase` with facts in ClickHouse: nothing of the person is left, in whichever database people are.

Runs on SQLite and on PostgreSQL; the engine of ClickHouse is the one in process.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from zoco.ledger import schema
from zoco.ledger.outbox import sequencer
from zoco.ledger.services import record
from zoco.ledger.spool import BulkSegment, SpoolWriter
from zoco.ledger.store import opening
from zoco.ledger.store.clickhouse.store import ClickHouseStore
from zoco.ledger.tests.store import chdb
from zoco.ledger.tests.store.test_backup_commands import NOBODY_ELSE
from zoco.project import cli
from zoco.testing.factories import fact, site_make

MARKER = "PLANTED-9c41-OF-SOMEBODY"
VISITOR = 6_129_484_611_666_145_821
PERSON = 4_037_200_794_235_010_051
OTHER = 7
NUMBERS = [str(number).encode() for number in (VISITOR, PERSON)]
NUMBERS += [number.to_bytes(8, "little") for number in (VISITOR, PERSON)]
AT = datetime.now(UTC) - timedelta(hours=5)
# 20 page views, 2 orders, the one with a person, the one after midnight; 3 lines of the spool.
SAID = ["27 facts erased.", "2 rows of the outbox erased.", *NOBODY_ELSE]


def mine(minute: int, site: int, **columns: Any) -> schema.Fact:
    """Return a fact of whoever is erased, the marker in texts, evidence and touch values."""
    texts = {
        name: f"{MARKER}-{name}-{minute}"
        for name in ("path", "title", "campaign", "subject", "user_agent", "referrer")
    }
    told: dict[str, Any] = {"visitor": VISITOR, "props": {"note": MARKER}, **texts, **columns}
    return fact(at=AT + timedelta(minutes=minute), site=site, **told)


def others(site: int) -> list[schema.Fact]:
    """Return ten page views of somebody else, with evidence."""
    return [
        fact(at=AT + timedelta(minutes=minute), site=site, visitor=OTHER, path="/kept", user_agent="Kept")
        for minute in range(10)
    ]


def put(folder: Path, *facts: schema.Fact) -> None:
    """Write facts as one closed segment."""
    with BulkSegment(folder, "test") as bulk:
        bulk.write(b"".join(schema.encoder.encode(each) + b"\n" for each in facts))


def files_with_traces(folder: Path) -> list[str]:
    """Return the files that hold the marker, or a number in digits or as an engine stores it."""
    traces = [MARKER.encode(), *NUMBERS]
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        if any(trace in content for trace in traces):
            found.append(path.relative_to(folder).as_posix())
    return found


def tables_with_traces() -> list[str]:
    """Return the tables of the database of which any column of any row holds a trace."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            said = repr(cursor.fetchall())
            if any(trace in said for trace in (MARKER, str(VISITOR), str(PERSON))):
                found.append(table)
    return found


@pytest.fixture
def clickhouse(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClickHouseStore]:
    opening.close()
    monkeypatch.setenv("ZOCO_EVENTS_URL", chdb.new_url())
    store = opening.store()
    assert isinstance(store, ClickHouseStore)
    yield store
    opening.close()


@pytest.fixture
def site(db: None) -> int:
    made = site_make("shop", zone="UTC")
    return int(made.pk)


@pytest.fixture
def planted(clickhouse: ClickHouseStore, data: Path, site: int) -> int:
    """Plant somebody wherever facts go; returns the site."""
    record(name="shop.order.placed", site=site, person=PERSON, props={"note": MARKER})
    record(name="shop.order.placed", site=site, visitor=VISITOR, props={"note": MARKER})
    record(name="shop.order.placed", site=site, visitor=OTHER)
    writer = SpoolWriter(data / "spool", "outbox")
    assert sequencer.tick(writer) == 3
    writer.close()
    put(data / "spool", *others(site), *(mine(minute, site) for minute in range(20)))
    clickhouse.drain()
    put(
        data / "spool",
        mine(21, site, visitor=OTHER, person=PERSON),
        mine(22, site, visitor=OTHER, visitor_before=VISITOR),
    )
    clickhouse.drain()
    assert tables_with_traces() == ["zoco_ledger_outboxrow"]
    assert len({name.split("/")[2] for name in files_with_traces(chdb.folder())}) >= 4
    assert files_with_traces(data) == []
    return site


def test_whoever_is_erased_is_in_no_table_and_no_file(
    planted: int, clickhouse: ClickHouseStore, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(data / "spool", mine(30, planted), fact(at=AT, site=planted, visitor=OTHER, path="/waited"))
    torn = data / "spool" / "aside" / "x.ndjson"
    torn.parent.mkdir()
    torn.write_bytes(b'{"visitor":%d,"path":"%s' % (VISITOR, MARKER.encode()) + b'\n{"visitor":7,"x":\n')
    writer = SpoolWriter(data / "spool", "living")
    writer.append([mine(31, planted), fact(at=AT, site=planted, visitor=OTHER, path="/open")])

    code = cli.run(["erase", "--visitor", str(VISITOR), "--person", str(PERSON), "--yes"])

    writer.close()
    said = capsys.readouterr().out.splitlines()
    assert (code, said) == (0, SAID)
    assert files_with_traces(chdb.folder()) == []
    assert files_with_traces(data) == []
    assert tables_with_traces() == []
    assert torn.read_bytes() == b'{"visitor":7,"x":\n'
    # What waited was loaded before, to learn whom the person was joined to; the rest comes now.
    clickhouse.drain()
    kept = clickhouse.query("SELECT path, count() AS n FROM facts GROUP BY path ORDER BY path").to_pylist()
    assert {row["path"]: row["n"] for row in kept} == {"": 1, "/kept": 10, "/open": 1, "/waited": 1}
    assert clickhouse.query("SELECT DISTINCT user_agent FROM evidence").to_pylist() == [
        {"user_agent": "Kept"}
    ]


def test_exports_after_it_tell_of_others_only(
    planted: int, clickhouse: ClickHouseStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del planted
    period = f"{AT.date()}..{datetime.now(UTC).date()}"
    words = ["report", "pages", "--site", "shop", "--period", period, "--format", "csv"]
    assert cli.run(words) == 0
    assert MARKER in capsys.readouterr().out

    assert cli.run(["erase", "--visitor", str(VISITOR), "--person", str(PERSON), "--yes"]) == 0

    capsys.readouterr()
    assert cli.run(words) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["path"], row["page_views"]) for row in rows] == [("/kept", "10")]
    clickhouse.backup(tmp_path / "copy")
    assert files_with_traces(tmp_path / "copy") == []


def test_what_comes_late_is_dropped_and_told_to_nobody(
    planted: int, clickhouse: ClickHouseStore, data: Path
) -> None:
    assert cli.run(["erase", "--visitor", str(VISITOR), "--person", str(PERSON), "--yes"]) == 0
    late = [
        mine(40, planted),
        mine(41, planted, visitor=OTHER, person=PERSON),
        mine(42, planted, visitor=OTHER, visitor_before=VISITOR),
    ]

    put(data / "spool", *late)
    drained = clickhouse.drain()

    assert (drained.erased, drained.added) == (3, 0)
    assert [opening.is_erased(each) for each in late] == [True, True, True]
    assert files_with_traces(chdb.folder()) == []
    assert not opening.is_erased(fact(at=datetime.now(UTC) + timedelta(minutes=1), visitor=VISITOR))
