"""The ways of a row: into the spool, out of a segment, away when it is old, away when erased."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoco.kit.ids import uuid7, uuid8
from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox import copy, keeping, on, sequencer
from zoco.ledger.outbox.subscribers import pump
from zoco.ledger.schema import Fact, decoder, encoder
from zoco.ledger.services import record
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.spool.folder import BEFORE_REMOVAL, SpoolFolder
from zoco.ledger.store import opening

pytestmark = pytest.mark.django_db
LATER = datetime.now(UTC) + timedelta(days=4)


def a_fact(number: int, *, name: str = "web.form.sent", origin: str = "tracker", person: int = 0) -> Fact:
    return Fact(
        id=uuid8(number), site=1, name=name, origin=origin, occurred_at=number, quantity=number, person=person
    )


def segment(folder: Path, *facts: Fact) -> Path:
    path = folder / f"other.{uuid7()}.v1.ndjson"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(encoder.encode(fact) + b"\n" for fact in facts))
    return path


def test_placed_rows_reach_the_spool_once_and_in_order(spool: SpoolWriter) -> None:
    told = [record(name="shop.order.placed", site=1, quantity=number) for number in range(5)]

    assert sequencer.tick(spool) == 5
    assert sequencer.tick(spool) == 0

    spool.close()
    (path,) = SpoolFolder(spool.folder.path).closed()
    assert [decoder.decode(line).id for line in path.read_bytes().splitlines()] == told
    assert list(OutboxRow.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_positions_go_on_after_the_table_was_emptied(spool: SpoolWriter) -> None:
    record(name="shop.order.placed", site=1)
    sequencer.tick(spool)
    first = sequencer.head_position()
    OutboxRow.objects.all().delete()

    record(name="shop.order.placed", site=1)
    sequencer.tick(spool)

    assert OutboxRow.objects.get().position == first + 1


def test_a_fact_of_the_tracker_is_heard_once_though_its_segment_comes_twice(tmp_path: Path) -> None:
    heard: list[int] = []

    @on("web.form.sent", key="forms")
    def hear(fact: Fact) -> None:
        heard.append(fact.quantity)

    path = segment(tmp_path, a_fact(1), a_fact(2, name="web.page.viewed"), a_fact(3), a_fact(4, origin="log"))
    for _ in range(2):
        copy.copy_from_segment(path)
        sequencer.place()
        pump(now=LATER)

    assert heard == [1, 3]
    assert not OutboxRow.objects.filter(spooled_at=None).exists()


def test_a_recorded_fact_that_comes_back_in_a_segment_is_heard_once(spool: SpoolWriter) -> None:
    heard: list[int] = []

    @on("shop.order.placed", key="orders")
    def hear(fact: Fact) -> None:
        heard.append(fact.quantity)

    record(name="shop.order.placed", site=1, quantity=8)
    sequencer.tick(spool)
    spool.close()
    for path in SpoolFolder(spool.folder.path).closed():
        copy.copy_from_segment(path)
    sequencer.tick(spool)

    pump(now=LATER)

    assert heard == [8]


def test_nothing_is_copied_that_nobody_asked_for(tmp_path: Path) -> None:
    copy.copy_from_segment(segment(tmp_path, a_fact(1)))

    assert not OutboxRow.objects.exists()


def test_an_erased_fact_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("web.form.sent", key="forms")(lambda fact: None)
    monkeypatch.setattr(opening, "is_erased", lambda fact: fact.person == 66)

    copy.copy_from_segment(segment(tmp_path, a_fact(1, person=66), a_fact(2, person=67)))

    assert [row.person for row in OutboxRow.objects.all()] == [67]


def test_the_spool_tells_the_outbox_before_it_removes_a_segment(tmp_path: Path) -> None:
    on("web.form.sent", key="forms")(lambda fact: None)
    path = segment(tmp_path, a_fact(1))

    assert copy.copy_from_segment in BEFORE_REMOVAL
    assert SpoolFolder(tmp_path).remove(path)

    assert OutboxRow.objects.get().name == "web.form.sent"
    assert not path.exists()


def test_a_row_goes_when_it_is_spooled_drained_old_and_heard(spool: SpoolWriter, tmp_path: Path) -> None:
    folder = spool.folder.path
    on("shop.order.placed", key="orders")(lambda fact: None)
    record(name="shop.order.placed", site=1)

    assert keeping.rows_prune(spool=folder, now=LATER) == 0, "not spooled"
    sequencer.tick(spool)
    assert keeping.rows_prune(spool=folder, now=LATER) == 0, "not heard"
    pump(now=LATER)
    assert keeping.rows_prune(spool=folder, now=LATER) == 0, "not drained"
    spool.close()
    (path,) = SpoolFolder(folder).closed()
    path.unlink()
    assert keeping.rows_prune(spool=folder, now=datetime.now(UTC)) == 0, "not old"
    assert keeping.rows_prune(spool=folder, now=LATER) == 1


def test_the_rows_of_somebody_erased_go_and_only_those() -> None:
    for person, visitor, site in ((5, 0, 1), (0, 50, 1), (5, 0, 2), (6, 51, 1)):
        record(name="shop.order.placed", site=site, person=person, visitor=visitor)

    assert keeping.rows_erase(persons=[5], visitors=[50], site=1, until=LATER) == 2
    assert keeping.rows_erase(persons=[6], until=datetime(2020, 1, 1, tzinfo=UTC)) == 0

    assert sorted(OutboxRow.objects.values_list("person", "visitor", "site")) == [(5, 0, 2), (6, 51, 1)]
