"""The facts of `made`, once for each file, and links to look at them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD, ledger
from zoco.monitor.models import SharedLink
from zoco.monitor.sharing.services import Terms, link_make
from zoco.monitor.tests.sharing.made import FACTS
from zoco.project.entry.keys.pace import pace
from zoco.sites.models import Site

NOW = datetime(2026, 4, 10, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "board": "traffic",
    "filters": {},
    "verdicts": "people",
    "period": PERIOD,
    "may_change_period": True,
    "may_filter": True,
    "least": 3,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("data"), FACTS) as opened:
        yield opened


@pytest.fixture
def site(db: None, store: Store) -> Site:
    return Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid")


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_superuser("ana", "ana@honey.example", "hexagon-comb-12")


@pytest.fixture
def stranger() -> Iterator[Client]:
    pace.clear()
    yield Client(headers={"accept-language": "en"})
    pace.clear()


def shared(site: Site, by: User, **terms: Any) -> tuple[SharedLink, str]:
    """Make a link; return it with its address."""
    made = Terms(**TERMS | terms)
    link, token = link_make(name="For Bea", site=site, terms=made, expires_at=None, by=by, at=NOW)
    return link, f"/shared/{token}/"
