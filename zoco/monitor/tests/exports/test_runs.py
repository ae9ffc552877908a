"""Days become files: all facts of each, whole or not at all, and a second run adds nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zoco.kit.runs import teller
from zoco.ledger.store.base import Store
from zoco.monitor.exports import holding, services
from zoco.monitor.exports.models import ExportDay, ExportRun
from zoco.monitor.exports.services import ExportWrong
from zoco.monitor.tests.exports import made
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = ExportRun.State


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_each_local_day_is_a_file_with_all_of_its_facts(
    store: Store, site: Site, data: Path, format: str
) -> None:
    run = made.exported(store, site.pk, format)

    assert (run.state, run.done, run.written, run.rows) == (State.DONE, 3, 3, 5)
    ending = "parquet" if format == "parquet" else "csv.gz"
    folder = data / "exports" / f"shop-{site.pk}" / "2026" / "03"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"shop-{site.pk}_2026-03-{day}_1.{ending}" for day in (28, 29, 30)
    ]
    assert list(made.paths(data, format).values()) == [["/", "/buy", "/late"], ["/early", "/"], []]
    with (folder / f"shop-{site.pk}_2026-03-28_1.{ending}").open("rb") as file:
        first, second, _ = made.read(file, format)
    assert first["occurred_at"] == datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    assert (first["title"], first["props"]) == ('=A "comb",\nñ', '{"a":{"b":[1,"x"]}}')
    assert (first["known"], first["visitor"], second["person"]) == (77, 1, 42)
    assert (second["amount"], second["currency"]) == (Decimal("12.5000"), "EUR")
    assert not any(value is None for value in first.values())


def test_both_engines_write_the_same_bytes(
    store: Store, clickhouse: Store, site: Site, data: Path, tmp_path: Path
) -> None:
    made.exported(store, site.pk, "csv")
    (tmp_path / "other").mkdir()

    run = made.exported(clickhouse, site.pk, "csv", place=str(tmp_path / "other"))

    assert run.state == State.DONE
    ours = {path.name: path.read_bytes() for path in (data / "exports").rglob("*.gz")}
    assert ours == {path.name: path.read_bytes() for path in (tmp_path / "other").rglob("*.gz")}


def test_second_run_writes_only_what_changed_and_doubles_nothing(
    store: Store, site: Site, data: Path
) -> None:
    made.exported(store, site.pk)
    assert made.exported(store, site.pk).written == 0
    made.loaded(store, data / "spool", [made.fact(site.pk, "2026-03-29 13:00", 6, "/more")])

    again = made.exported(store, site.pk)

    assert (again.written, again.rows) == (1, 6)
    assert list(made.paths(data).values()) == [["/", "/buy", "/late"], ["/early", "/", "/more"], []]
    assert made.days() == [("2026-03-28", 3, 1), ("2026-03-29", 3, 1), ("2026-03-30", 0, 1)]


def test_large_day_comes_in_parts_and_those_that_are_too_many_go(
    store: Store, site: Site, data: Path
) -> None:
    made.exported(store, site.pk, most=2)
    assert list(made.paths(data).items())[:2] == [
        ("2026-03-28_1.parquet", ["/", "/buy"]),
        ("2026-03-28_2.parquet", ["/late"]),
    ]
    ExportDay.objects.update(stamp="changed")

    made.exported(store, site.pk)

    assert list(made.paths(data).values()) == [["/", "/buy", "/late"], ["/early", "/"], []]


def test_run_that_was_stopped_goes_on_where_it_was(
    store: Store, site: Site, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = services.run_begin(
        site=site.pk, first=made.FIRST, last=made.LAST, format="csv", is_background=False
    )
    export = services.day_export

    def stopped_after(job: Any, day: Any, tell: Any) -> Any:
        done = export(job, day, tell)
        services.RUNS.stop(run)
        tell(done=1)
        return done

    monkeypatch.setattr("zoco.sites.runs.teller", lambda run, **_given: teller(run, every_seconds=0))
    monkeypatch.setattr(services, "day_export", stopped_after)
    assert services.run_through(key=run.pk, store=store).state == State.STOPPED
    assert made.days() == [("2026-03-28", 3, 1)]
    monkeypatch.setattr(services, "day_export", export)

    services.run_again(run=run)
    again = services.run_through(key=run.pk, store=store)

    assert (again.state, again.done, again.written) == (State.DONE, 3, 2)
    assert len(made.paths(data, "csv")) == 3


def test_a_run_that_is_deleted_meanwhile_ends_and_stays_deleted(
    store: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = services.run_begin(
        site=site.pk, first=made.FIRST, last=made.LAST, format="csv", is_background=False
    )
    export = services.day_export

    def deleted_after(job: Any, day: Any, tell: Any) -> Any:
        done = export(job, day, tell)
        ExportRun.objects.all().delete()
        return done

    monkeypatch.setattr("zoco.sites.runs.teller", lambda run, **_given: teller(run, every_seconds=0))
    monkeypatch.setattr(services, "day_export", deleted_after)

    assert services.run_through(key=run.pk, store=store).state == State.STOPPED

    assert made.days() == [("2026-03-28", 3, 1)]
    assert not ExportRun.objects.exists()


def test_one_run_at_a_time_for_a_site_and_format(site: Site, store: Store) -> None:
    span: dict[str, Any] = {"site": site.pk, "first": made.FIRST, "last": made.LAST, "format": "csv"}
    with holding.held(holding.run_name(site.pk, "csv")):
        services.run_begin(**span, is_background=False)
        for _each in range(2):
            with pytest.raises(ExportWrong, match="under way"):
                services.run_begin(**span)
    assert made.exported(store, site.pk, "parquet").state == State.DONE


def test_place_that_is_not_there_fails_and_nothing_is_made_of_it(
    store: Store, site: Site, tmp_path: Path
) -> None:
    run = made.exported(store, site.pk, place=str(tmp_path / "not-mounted"))

    assert run.state == State.FAILED
    assert "not-mounted is not there" in run.said
    assert not (tmp_path / "not-mounted").exists()
    assert not ExportDay.objects.exists()
