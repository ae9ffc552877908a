"""A site with orders of four people, in a ledger of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger
from zoco.people.models import Person
from zoco.research.tests import crowd as crowds
from zoco.research.tests.bought import NOW, SITE, orders_made
from zoco.sites import reads
from zoco.sites.models import Site


@pytest.fixture
def people() -> list[Person]:
    names = ("Ana", "Bea", "Carl", "Dora")
    return [
        Person.objects.create(pk=number, name=name, created_at=NOW, changed_at=NOW)
        for number, name in enumerate(names, 1)
    ]


@pytest.fixture
def site() -> Site:
    return Site.objects.create(slug="shop", name="Shop", zone=SITE.zone, currency="EUR")


@pytest.fixture
def store(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    with ledger(tmp_path, list(orders_made(site.pk)), reads.site_infos()) as opened:
        yield opened


@pytest.fixture
def crowd() -> list[Person]:
    made = (
        Person(pk=key, name=f"P{key}", created_at=crowds.NOW, changed_at=crowds.NOW)
        for key in range(1, crowds.PEOPLE + 1)
    )
    return Person.objects.bulk_create(made)


@pytest.fixture
def shop(site: Site, crowd: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    opened = ledger(tmp_path, crowds.facts_of(crowds.PEOPLE, crowds.WEEKS, site.pk), reads.site_infos())
    with opened as store:
        yield store
