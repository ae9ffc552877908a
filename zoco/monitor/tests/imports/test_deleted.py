"""Imports that are deleted while they are worked on stay deleted, and leave nothing in the store."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from zoco.kit.runs import Tell, teller
from zoco.ledger.store.base import Store
from zoco.ledger.store.imported_sql import held_sql
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.imports import services
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.tests.imports import made
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
State = ImportRun.State


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> ImportRun:
    site, content = (
        Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid"),
        made.plausible(),
    )
    begun = services.run_begin(
        site=site.pk, kind="plausible", name="export.zip", size=len(content), website="", by=None
    )
    services.part_take(run=begun, offset=0, piece=content)
    ImportRun.objects.update(state=State.READING)
    return begun


def test_one_that_is_read(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def deleting(which: ImportRun, **_given: float) -> Tell:
        ImportRun.objects.all().delete()
        return teller(which)

    monkeypatch.setattr("zoco.sites.runs.teller", deleting)

    services.read_through(key=run.pk)

    assert not ImportRun.objects.exists()


def test_one_that_is_put_into_the_store(
    run: ImportRun, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.read_through(key=run.pk)
    ImportRun.objects.update(state=State.IMPORTING)
    held = services.days_held

    def deleting(which: ImportRun) -> set[date]:
        ImportRun.objects.all().delete()
        return held(which)

    monkeypatch.setattr(services, "days_held", deleting)

    services.put_through(key=run.pk)

    assert not ImportRun.objects.exists()
    assert store.query(held_sql(1)).to_pylist() == []
