"""A site with something of each kind, in an installation of its own."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from zoco.campaigns.models import Campaign, Cost, Link, Word
from zoco.kit.plugs import load_modules
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.ledger.store.imported import SCHEMA
from zoco.monitor.models import Alarm, Annotation, Goal, ImportRun, Schedule, Segment
from zoco.moving.tests.moved import SECRET, facts, installation
from zoco.sites import leaving, reads
from zoco.sites.models import CountingOrigin, Exclusion, Site, SourceRule
from zoco.sites.services import site_create


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(leaving, "SETTLED_SECONDS", 0.0)
    load_modules(["zoco.moving.commands"])
    installation(tmp_path / "one", monkeypatch)
    yield tmp_path
    opening.close()
    reads.forget()


@pytest.fixture
def shop(folder: Path) -> Site:
    site = site_create(name="Shop", hostnames=["shop.example"], zone="Europe/Madrid", currency="USD")
    writer = SpoolWriter(folder / "one" / "spool", "test")
    writer.append(facts(site.pk))
    writer.close()
    opening.store().drain()
    Goal.objects.create(site=site, name="Three", pattern="/p/3", conditions=[["size", "above", "1"]])
    segment = Segment.objects.create(site=site, name="Phones", filters={"f.device": ["phone"]})
    Annotation.objects.create(site=site, on=date(2026, 4, 1), text="April")
    Alarm.objects.create(site=site, kind="bots", hook_url=SECRET)
    Schedule.objects.create(site=site, name="Weekly", kind="report", key="pages", segment=segment,
                            hook_url=SECRET, asked={"order": "visitors"})  # fmt: skip
    Exclusion.objects.create(site=site, kind="page", value="/inside")
    SourceRule.objects.create(site=site, position=1, channel="Letters", source="news")
    CountingOrigin.objects.create(site=site, origin="log", since=date(2026, 5, 1))
    spring = Campaign.objects.create(site=site, name="Spring", code="spring", budget=Decimal("10.50"))
    Cost.objects.create(campaign=spring, on=date(2026, 4, 1), source="news", amount=3, currency="USD")
    Link.objects.create(site=site, slug="spring1", target="https://shop.example/", campaign=spring)
    Word.objects.create(site=site, tag="medium", value="email")
    run = ImportRun.objects.create(site=site, kind="umami", name="x", state="done", digest="d" * 64, days=1)
    rows = [
        {"day": date(2025, 1, 1), "dimension": "", "label": "", "measure": "visits", "amount": Decimal(3)}
    ]
    opening.store().put_imported(site.pk, run.key, pa.Table.from_pylist(rows, SCHEMA))
    return site
