"""Erasing: at once, in every file, for good, whatever turns up later."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger import schema
from zoco.ledger.spool import BulkSegment, SpoolWriter
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.erasures import Erasures, book
from zoco.ledger.tests.store.leading import START, count, fact, spooled

MARKER = "PLANTED-MARKER-OF-SOMEBODY-b7e1"
ERASED = 5_577_006_791_947_779_410
AT = START + 1_000_000_000


def marked(number: int, **columns: object) -> schema.Fact:
    """Return a fact of the one who will be erased, the marker in every column that takes text."""
    texts = {
        name: f"{MARKER}-{name}"
        for name in ("path", "title", "source", "campaign", "subject", "user_agent", "referrer")
    }
    return fact(number, visitor=ERASED, props={"note": MARKER}, **(texts | columns))


def files_with(data: Path, *texts: str) -> list[str]:
    """Return the files under a folder in whose bytes one of the texts stands."""
    wanted = [text.encode() for text in texts]
    return sorted(
        path.relative_to(data).as_posix()
        for path in data.rglob("*")
        if path.is_file() and any(text in path.read_bytes() for text in wanted)
    )


@pytest.fixture
def led(tmp_path: Path) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path, lead=True)
    yield store
    store.close()


def test_no_byte_of_an_erased_visitor_is_left(led: DuckStore) -> None:
    data = led.files.folder
    for step in range(5):
        facts = [marked(step * 1000 + 900 + number) for number in range(30)]
        spooled(data, [*(fact(step * 1000 + number) for number in range(400)), *facts])
        led.drain()
    assert files_with(data, MARKER) != []
    torn = data / "spool" / "aside" / "x.ndjson"
    torn.parent.mkdir(exist_ok=True)
    torn.write_bytes(b'{"visitor":%d,"path":"%s' % (ERASED, MARKER.encode()) + b'\n{"visitor":3,"x":\n')

    gone = led.erase(Erasure(at=AT, visitors=(ERASED,)))
    led.compact()

    assert gone == 151
    assert count(led) == (2000, 2000)
    assert files_with(data, MARKER, str(ERASED)) == []
    assert torn.read_bytes() == b'{"visitor":3,"x":\n'
    led.close()
    assert files_with(data, MARKER, str(ERASED)) == []


def test_lines_of_the_spool_go_before_they_are_loaded(led: DuckStore) -> None:
    data = led.files.folder
    writer = SpoolWriter(data / "spool", "living")
    writer.append([marked(1), fact(2)])

    gone = led.erase(Erasure(at=AT, visitors=(ERASED,)))

    led.drain()
    assert gone == 1
    assert count(led) == (1, 1)
    writer.close()
    led.compact()
    assert files_with(data, MARKER) == []


def test_a_late_segment_brings_nobody_back(led: DuckStore) -> None:
    led.erase(Erasure(at=AT, visitors=(ERASED,), persons=(42,)))

    spooled(led.files.folder, [marked(1), fact(2, person=42), fact(3), fact(4, visitor_before=ERASED)])
    with BulkSegment(led.files.spool, "import") as bulk:
        bulk.write(schema.encoder.encode(marked(5)) + b"\n" + schema.encoder.encode(fact(6)) + b"\n")
    led.drain()

    assert led.query("SELECT id::VARCHAR AS id FROM facts ORDER BY occurred_at")["id"].to_pylist() == [
        fact(3).id,
        fact(6).id,
    ]
    led.compact()
    assert files_with(led.files.folder, MARKER) == []


def test_what_happens_after_the_erasure_is_kept(led: DuckStore) -> None:
    at = fact(10).occurred_at
    led.erase(Erasure(at=at, visitors=(ERASED,)))

    spooled(led.files.folder, [fact(9, visitor=ERASED), fact(10, visitor=ERASED), fact(11, visitor=ERASED)])
    led.drain()

    assert led.query("SELECT id::VARCHAR AS id FROM facts")["id"].to_pylist() == [fact(11).id]


def test_an_erasure_on_one_site_leaves_the_others(led: DuckStore) -> None:
    other = fact(1, visitor=ERASED)
    other.site = 2
    spooled(led.files.folder, [other, fact(2, visitor=ERASED)])
    led.drain()

    assert led.erase(Erasure(at=AT, site=2, visitors=(ERASED,))) == 1
    later = fact(3, visitor=ERASED)
    later.site = 2
    spooled(led.files.folder, [later, fact(4, visitor=ERASED)])
    led.drain()

    assert led.query("SELECT site FROM facts")["site"].to_pylist() == [1, 1]


def test_the_fact_after_midnight_that_names_the_erased_goes_too(led: DuckStore) -> None:
    spooled(led.files.folder, [marked(1), fact(2, visitor=8, visitor_before=ERASED), fact(3, visitor=8)])
    led.drain()

    assert led.erase(Erasure(at=AT, visitors=(ERASED,))) == 2

    assert led.query("SELECT count(*) AS n FROM midnight")["n"].to_pylist() == [0]
    assert led.query("SELECT id::VARCHAR AS id FROM facts")["id"].to_pylist() == [fact(3).id]


def test_an_erasure_holds_for_the_next_leader(tmp_path: Path) -> None:
    led = DuckStore(tmp_path, lead=True)
    led.erase(Erasure(at=AT, visitors=(ERASED,)))
    led.close()

    led = DuckStore(tmp_path, lead=True)
    spooled(tmp_path, [marked(1), fact(2)])
    drained = led.drain()

    assert count(led) == (1, 1)
    assert drained.erased in (0, 1)
    led.close()


def test_the_book_tells_nothing_without_its_key(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    erasures.add(Erasure(at=AT, visitors=(ERASED, 0), persons=(42,)))

    lines = [json.loads(line) for line in (tmp_path / "erasures").read_bytes().splitlines()]
    assert [(line["at"], line["kind"]) for line in lines] == [(AT, "visitor"), (AT, "person")]
    assert str(ERASED) not in (tmp_path / "erasures").read_text()
    assert stat.S_IMODE((tmp_path / "erasures").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys" / "erasures").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700

    (tmp_path / "keys" / "erasures").write_bytes(b"another key" * 3)
    assert Erasures(tmp_path).visitors([(1, ERASED)]) == []


def test_the_book_answers_for_sites_and_moments(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    assert not erasures
    assert not erasures.is_erased(marked(1))

    erasures.add(Erasure(at=AT, site=1, visitors=(ERASED,)))
    erasures.add(Erasure(at=AT + 5, visitors=(ERASED,)))
    erasures.add(Erasure(at=AT, site=3, persons=(42,)))

    assert erasures.visitors([(1, ERASED), (2, ERASED), (1, 7)]) == [(1, ERASED, AT + 5), (2, ERASED, AT + 5)]
    assert erasures.persons([(1, 42), (3, 42)]) == [(3, 42, AT)]
    assert erasures.is_erased(marked(1))
    assert not erasures.is_erased(fact(1))


def test_the_book_is_read_again_when_another_process_wrote_into_it(tmp_path: Path) -> None:
    assert not book(tmp_path)

    Erasures(tmp_path).add(Erasure(at=AT, visitors=(ERASED,)))

    assert book(tmp_path).visitors([(1, ERASED)]) == [(1, ERASED, AT)]
    assert book(tmp_path) is book(tmp_path)


def test_a_segment_of_the_erased_alone_is_removed(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    erasures.add(Erasure(at=AT, visitors=(ERASED,)))
    alone, mixed = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    alone.write_bytes(schema.encoder.encode(marked(1)) + b"\n")
    kept = schema.encoder.encode(fact(2)) + b"\n" + b"no json at all\n"
    mixed.write_bytes(schema.encoder.encode(marked(3)) + b"\n" + kept)

    assert erasures.strip(alone) == 1
    assert erasures.strip(mixed) == 1

    assert not alone.exists()
    assert mixed.read_bytes() == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.ndjson", "erasures", "keys"]


def test_what_is_left_of_a_shared_session_keeps_no_entry_of_the_erased(led: DuckStore) -> None:
    spooled(
        led.files.folder,
        [
            marked(1, channel="referral"),
            fact(2, visitor=8, visitor_before=ERASED, path="/named"),
            fact(3, visitor=8, path="/kept"),
            fact(4, visitor=8, path="/also"),
            fact(5, visitor=9),
        ],
    )
    led.drain()
    before = led.query("SELECT count(DISTINCT session) AS n FROM facts")["n"].to_pylist()
    copied = led.query("SELECT campaign FROM facts WHERE path = '/kept'")["campaign"].to_pylist()

    led.erase(Erasure(at=AT, visitors=(ERASED,)))

    rows = led.query("SELECT path, campaign, landing, session FROM facts WHERE visitor = 8 ORDER BY id")
    sessions = {row["session"] for row in rows.to_pylist()}
    assert (before, copied) == ([2], [f"{MARKER}-campaign"])
    assert sorted((row["path"], row["campaign"], row["landing"]) for row in rows.to_pylist()) == [
        ("/also", "", "/kept"),
        ("/kept", "", "/kept"),
    ]
    assert len(sessions) == 1
    led.compact()
    assert files_with(led.files.folder, MARKER) == []
