"""Whoever is erased, and days past their time, go out of exported files; what cannot be reached is owed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zoco.kit.periods import micros
from zoco.ledger.erasing import copies_held, facts_erase, facts_erase_again
from zoco.ledger.store.base import Erasure, Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.store.erasures import Erasures
from zoco.monitor.exports import duties, plans
from zoco.monitor.exports.models import ExportDay, ExportDuty
from zoco.monitor.tests.exports import made
from zoco.sites.models import Site
from zoco.sites.services import site_delete

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.mark.parametrize("engine", ["store", "clickhouse"])
def test_visitor_person_and_whoever_consented_go_out_of_files_and_nobody_else(
    engine: str, request: pytest.FixtureRequest, site: Site, data: Path
) -> None:
    store: Store = request.getfixturevalue(engine)
    made.exported(store, site.pk)
    made.exported(store, site.pk, "csv")

    known = facts_erase(store=store, visitors=[77], site=site.pk, at=made.NOW)
    person = facts_erase(store=store, persons=[42], site=site.pk, at=made.NOW)
    before = facts_erase(store=store, visitors=[9], site=site.pk, at=made.NOW)
    nobody = facts_erase(store=store, visitors=[1234], site=site.pk, at=made.NOW)

    assert [gone.rows["rows of exported files"] for gone in (known, person, before, nobody)] == [2, 2, 2, 0]
    for format in ("parquet", "csv"):
        assert list(made.paths(data, format).values()) == [[], ["/early", "/"], []]
    assert made.days()[0][1] == 0
    assert not ExportDuty.objects.exists()
    assert made.exported(store, site.pk).rows == 2


def test_who_asks_what_there_is_of_him_is_told_of_files(store: Store, site: Site, data: Path) -> None:
    made.exported(store, site.pk)

    found = copies_held(visitors=[77], site=site.pk)

    assert found == [f"{data}/exports: shop-{site.pk}/2026/03/shop-{site.pk}_2026-03-28_1.parquet"]
    assert copies_held(persons=[42]) == found
    assert copies_held(visitors=[1234]) == []


def test_only_what_happened_before_the_erasure_goes(store: Store, site: Site, data: Path) -> None:
    made.exported(store, site.pk)

    until = micros(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    duties.erase(Erasure(at=until, site=0, visitors=(1,)))

    assert list(made.paths(data).values()) == [["/buy", "/late"], ["/early", "/"], []]


def test_place_out_of_reach_leaves_a_duty_that_is_done_when_it_is_back(
    store: Store, site: Site, tmp_path: Path
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    made.exported(store, site.pk, place=str(place))
    place.rename(tmp_path / "away")

    gone = facts_erase(store=store, visitors=[1], at=made.NOW)

    assert gone.rows["rows of exported files"] == 0
    assert {duty.said for duty in ExportDuty.objects.all()} == {
        f"The folder {place} is not there; mount it or make it."
    }
    assert duties.duties_do() == 2  # tried a moment ago
    (tmp_path / "away").rename(place)
    ExportDuty.objects.update(next_at=made.NOW)

    assert duties.duties_do() == 0
    assert list(made.paths(place).values()) == [["/buy", "/late"], ["/"], []]


def test_day_that_is_being_written_may_hold_anybody(store: Store, site: Site, data: Path) -> None:
    made.exported(store, site.pk)
    ExportDay.objects.update(made_at=None, marks=b"")  # as a killed run leaves them

    duties.erase(Erasure(at=micros(made.NOW), site=0, visitors=(1,)))

    assert list(made.paths(data).values()) == [["/buy", "/late"], ["/"], []]


def test_restored_database_owes_again_what_the_book_says(store: DuckStore, site: Site, data: Path) -> None:
    made.exported(store, site.pk)
    before = {path: path.read_bytes() for path in (data / "exports").rglob("*.parquet")}
    rows = list(ExportDay.objects.all())
    facts_erase(store=store, visitors=[1], at=made.NOW)
    for path, content in before.items():  # as somebody brought the files back, too
        path.write_bytes(content)
    for row in rows:
        row.save()

    gone = facts_erase_again(book=Erasures(data))

    assert gone.rows["rows of exported files"] == 2
    assert list(made.paths(data).values()) == [["/buy", "/late"], ["/"], []]


def test_days_past_their_sites_time_and_of_sites_that_are_gone_are_deleted(
    store: Store, site: Site, data: Path
) -> None:
    made.exported(store, site.pk)
    Site.objects.filter(pk=site.pk).update(retention_days=2)

    assert plans.files_retain(now=made.NOW) == 1
    assert duties.duties_do() == 0
    assert [name[:10] for name in made.paths(data)] == ["2026-03-29", "2026-03-30"]

    site_delete(site=site)

    assert plans.files_retain(now=made.NOW) == 2
    assert duties.duties_do() == 0
    assert made.paths(data) == {}
    assert list((data / "exports").iterdir()) == []
