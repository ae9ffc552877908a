"""Retention: facts and evidence go when their time is up, of each site by its own days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.sites import leaving, periodic, reads, services
from zoco.sites.models import GoneSite, Site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(leaving, "SETTLED_SECONDS", 0.0)
    (tmp_path / "keys").mkdir(mode=0o700)
    reads.forget()
    yield tmp_path
    opening.close()
    reads.forget()


def site_with_facts(folder: Path, slug: str, retention_days: int) -> Site:
    """Make a site with a fact of now, one of 40 days ago, one of 400 days ago and one of 1905."""
    site = services.site_create(name=slug)
    Site.objects.filter(pk=site.pk).update(retention_days=retention_days)
    now = timezone.now()
    moments = [now, now - timedelta(days=40), now - timedelta(days=400), datetime(1905, 1, 1, tzinfo=UTC)]
    load(folder, site.pk, moments)
    return site


def load(folder: Path, site: int, moments: list[datetime]) -> None:
    writer = SpoolWriter(folder / "spool", "test")
    writer.append(
        [
            Fact(id=uuid8(site, number, len(moments)), site=site, name="web.page.served", origin="log",
                 occurred_at=micros(at), user_agent="Firefox")
            for number, at in enumerate(moments)
        ]
    )  # fmt: skip
    writer.close()
    opening.store().drain()


def counts(table: str) -> dict[int, int]:
    rows = opening.store().query(f"SELECT site, count(*) AS found FROM {table} GROUP BY site").to_pylist()
    return {row["site"]: row["found"] for row in rows}


def test_each_site_keeps_facts_for_its_own_days(folder: Path) -> None:
    days = {"month": 30, "year": 365, "all": 0, "aeons": 2_000_000_000}
    sites = {slug: site_with_facts(folder, slug, kept).pk for slug, kept in days.items()}

    periodic.retain()

    wanted = {"month": 1, "year": 2, "all": 4, "aeons": 4}
    assert counts("facts") == {sites[slug]: kept for slug, kept in wanted.items()}
    assert counts("evidence") == counts("facts")


def test_facts_of_a_deleted_site_go_and_those_that_come_late(folder: Path) -> None:
    gone, kept = site_with_facts(folder, "gone", 0), site_with_facts(folder, "kept", 0)
    number = gone.pk
    services.site_delete(site=gone)

    periodic.retain()
    assert counts("facts") == counts("evidence") == {kept.pk: 4}

    load(folder, number, [timezone.now()])
    periodic.retain()
    assert counts("facts") == {kept.pk: 4}


def test_a_deleted_site_is_remembered_for_a_month(folder: Path) -> None:
    gone = site_with_facts(folder, "gone", 0)
    services.site_delete(site=gone)
    GoneSite.objects.update(deleted_at=timezone.now() - timedelta(days=31))

    periodic.retain()
    assert GoneSite.objects.count() == 1

    periodic.retain()
    assert GoneSite.objects.count() == 0


@pytest.mark.parametrize(("days", "kept"), [("30", 1), ("0", 4), ("-1", 4), ("2000000000", 4)])
def test_evidence_goes_and_its_facts_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch, days: str, kept: int
) -> None:
    monkeypatch.setenv("ZOCO_EVIDENCE_DAYS", days)
    site = site_with_facts(folder, "shop", 0)

    periodic.forget()

    assert counts("evidence") == {site.pk: kept}
    assert counts("facts") == {site.pk: 4}
