"""The plug is pulled, the bucket hangs, columns change: nobody erased stays, nothing is in the way."""

import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone, translation
from pyarrow import parquet

from zoco.kit.periods import micros
from zoco.kit.runs import QUIET, RunStopped
from zoco.ledger.erasing import copies_held, facts_erase
from zoco.ledger.store.base import Erasure, Store
from zoco.monitor.exports import duties, holding, plans, saying, services
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportRun
from zoco.monitor.exports.targets import Folder, target_open
from zoco.monitor.tests.exports import made
from zoco.sites.models import Site
from zoco.testing.dying import killed

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ONE = Erasure(at=micros(made.NOW), site=0, visitors=(1,))
SPAN: Any = {"first": made.FIRST, "last": made.LAST, "format": "parquet"}


@pytest.mark.alone
def test_killed_at_the_first_file_all_are_owed_and_an_erasure_counts_from_its_first_word(
    store: Store, site: Site, data: Path
) -> None:
    made.exported(store, site.pk)

    killed(lambda: duties.erase(ONE), where="zoco.monitor.exports.duties.day_duties_do")

    assert [str(duty.day.day) for duty in ExportDuty.objects.all()] == ["2026-03-28", "2026-03-29"]
    assert duties.duties_do() == 0
    assert list(made.paths(data).values()) == [["/buy", "/late"], ["/"], []]

    def begun() -> None:
        facts_erase(store=store, visitors=[4], at=made.NOW)

    killed(begun, where="zoco.ledger.store.duckdb.store.DuckStore.erase")
    assert duties.duties_do() == 0
    assert list(made.paths(data).values()) == [["/buy", "/late"], [], []]


@pytest.mark.alone
def test_command_killed_anywhere_leaves_nothing_in_the_way(store: Store, site: Site, data: Path) -> None:
    def command() -> ExportRun:
        return services.run_now(site=site.pk, place=None, store=store, **SPAN)

    killed(command, where="zoco.monitor.exports.services._work")
    killed(command, where="zoco.monitor.exports.services.day_stamp")
    killed(command, where="zoco.monitor.exports.targets._sync")
    killed(command, where="zoco.monitor.exports.targets.os.fsync")
    left = [path for path in data.rglob("*") if path.name.endswith(".partial")]
    assert left
    assert list((data / "tmp" / "exports").iterdir())

    plans.plans_look(now=made.NOW, store=store)
    assert not ExportRun.objects.filter(state__in=["waiting", "running"]).exists()
    thread = duties.duties_begin()
    assert thread is not None
    thread.join(20)

    assert [path for path in data.rglob("*") if path.name.endswith(".partial")] == []
    assert list((data / "tmp" / "exports").iterdir()) == []
    assert command().state == "done"
    assert len(made.paths(data)) == 3


def test_stopped_command_says_so(store: Store, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zoco.monitor.exports.services.day_export", stopped)

    with pytest.raises(KeyboardInterrupt):
        services.run_now(site=site.pk, place=None, store=store, **SPAN)

    assert ExportRun.objects.get().state == "stopped"


def test_run_that_holds_its_lock_lives_however_long_it_is_silent(store: Store, site: Site) -> None:
    run = services.run_begin(site=site.pk, **SPAN)
    ExportRun.objects.update(state="running", told_at=timezone.now() - 2 * QUIET)

    with holding.held(holding.run_name(site.pk, "parquet")):
        plans.plans_look(now=made.NOW, store=store)
        assert ExportRun.objects.get().state == "running"
        assert services.run_through(key=run.pk, store=store).state == "running"  # not begun twice

    plans.plans_look(now=made.NOW, store=store)
    assert ExportRun.objects.get().state == "failed"


def test_run_by_command_on_another_machine_lives_while_it_says_so(store: Store, site: Site) -> None:
    services.run_begin(site=site.pk, **SPAN, is_background=False)
    runs = ExportRun.objects.all()
    here = runs.get().machine

    runs.update(machine="another")
    assert services.runs_bury(runs) == 0
    runs.update(told_at=timezone.now() - 2 * QUIET)
    assert services.runs_bury(runs) == 1

    runs.update(state="running", told_at=timezone.now(), machine=here)
    assert services.runs_bury(runs) == 1  # begun here: its lock says it all


def test_upload_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    source, told = tmp_path / "source", []
    source.write_bytes(b"x" * (3 << 20))
    target = Folder(tmp_path / "root", is_ours=True)

    target.put("day", source, lambda: told.append(1))

    def stop() -> None:
        raise RunStopped

    with pytest.raises(RunStopped):
        target.put("other", source, stop)
    assert len(told) == 3
    assert [path.name for path in (tmp_path / "root").iterdir()] == ["day"]


def test_file_keeps_the_columns_that_it_was_written_with(store: Store, site: Site, data: Path) -> None:
    made.exported(store, site.pk)
    made.exported(store, site.pk, "csv")
    [path] = (data / "exports").rglob("*28_1.parquet")
    older = parquet.read_table(path).drop_columns(["known", "city"]).append_column("old", pa.array([7, 8, 9]))
    parquet.write_table(older, path)
    [packed] = (data / "exports").rglob("*28_1.csv.gz")
    lines = [row[:-1] for row in made.lines(packed)]

    duties.erase(Erasure(at=micros(made.NOW), site=0, visitors=(2,)))

    assert not ExportDuty.objects.exists()
    rest = parquet.read_table(path)
    assert rest.schema.equals(older.schema)
    assert rest.column("old").to_pylist() == [7, 9]
    assert len(made.lines(packed)) == len(lines) - 1


def test_row_that_was_erased_does_not_come_back_while_its_day_is_written(
    store: Store, site: Site, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.exported(store, site.pk)
    ExportDay.objects.update(stamp="changed")
    put = services._put

    def slow(job: Any, row: ExportDay, *more: Any) -> int:
        if str(row.day) == "2026-03-28":  # the rows are read; now somebody is erased
            gone = facts_erase(store=store, visitors=[1], site=site.pk, at=made.NOW)
            assert gone.rows["rows of exported files"] == 1  # of the 29th; the 28th is being written
        return put(job, row, *more)

    monkeypatch.setattr(services, "_put", slow)
    made.exported(store, site.pk)

    assert list(made.paths(data).values()) == [["/buy", "/late"], ["/"], []]
    assert not ExportDuty.objects.exists()


def test_marks_of_the_erased_leave_the_index_too(store: Store, site: Site) -> None:
    made.exported(store, site.pk)

    duties.erase(ONE)

    assert copies_held(visitors=[1]) == []
    assert len(copies_held(visitors=[2])) == 1


def test_bucket_that_hangs_holds_nothing_up_and_is_tried_later_and_later(
    store: Store, site: Site, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "zoco")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "comb")
    monkeypatch.setattr("zoco.monitor.exports.targets.READ_SECONDS", 1)
    made.exported(store, site.pk)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and never answers
        port = silent.getsockname()[1]
        ExportDay.objects.update(target=f"s3://facts/zoco?endpoint=http://127.0.0.1:{port}&region=us-east-1")
        ExportDay.objects.filter(day=made.FIRST).update(target="")
        duties.owe(ONE)
        duties.owe(Erasure(at=micros(made.NOW), site=0, visitors=(4,)))

        began = time.monotonic()
        plans.files_retain(now=made.NOW)
        thread = duties.duties_begin()
        assert time.monotonic() - began < 0.5
        assert thread is not None
        assert thread.is_alive()
        assert duties.duties_begin() is None  # one is at it
        thread.join(60)

    assert next(iter(made.paths(data).values())) == ["/buy", "/late"]  # other places are not held up
    owed = list(ExportDuty.objects.order_by("id"))
    assert [(duty.tries, "cannot be reached" in duty.said) for duty in owed] == [(1, True), (1, True)]
    assert all(duty.next_at and duty.next_at > timezone.now() + timedelta(minutes=4) for duty in owed)
    ExportDuty.objects.update(next_at=None, tries=3)
    ExportDay.objects.exclude(target="").update(target=str(data / "away"))
    duties.duties_do()
    assert ExportDuty.objects.filter(next_at__gt=timezone.now() + timedelta(minutes=59)).count() == 2


def test_damaged_file_is_a_duty_of_its_own(store: Store, site: Site, data: Path) -> None:
    made.exported(store, site.pk)
    [broken] = (data / "exports").rglob("*28_1.parquet")
    broken.write_bytes(b"no parquet at all")

    gone = duties.erase(ONE)

    assert gone == 1
    [duty] = ExportDuty.objects.all()
    assert "2026-03-28_1.parquet cannot be read (ArrowInvalid); export its day again." in duty.said
    made.exported(store, site.pk)
    assert not ExportDuty.objects.exists()


def test_what_a_place_says_is_said_in_the_language_of_the_reader(data: Path) -> None:
    kept = saying.AWAY % {"folder": "/srv/a folder"}

    assert saying.said_here(kept) == kept
    with translation.override("es"):
        assert saying.said_here(kept).startswith("La carpeta /srv/a folder no está")
        assert saying.said_here(saying.NO_EXTRA).startswith("S3 necesita")
        assert saying.said_here("what nobody wrote") == "what nobody wrote"
    assert target_open("").__class__ is Folder
