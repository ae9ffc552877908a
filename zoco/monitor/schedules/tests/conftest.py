"""The facts of `made`, a site, an owner and an analyst, and a mail server on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from zoco.kit.tests.test_staff_mail import account
from zoco.kit.tests.test_staff_mail import post as post
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.schedules import services
from zoco.monitor.schedules.models import Schedule
from zoco.project.roles import roles_ensure
from zoco.sites.models import Site

# A Monday, 7:00 in Madrid; the facts are of the week before.
DUE = datetime(2026, 3, 30, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.fixture
def bea(db: None) -> User:
    roles_ensure()
    return account("bea", "owner")


@pytest.fixture
def schedule(bea: User, store: Store) -> Schedule:
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    return schedule_of(site, bea)


def schedule_of(site: Site, by: User, **over: Any) -> Schedule:
    """Set a weekly schedule to its maker."""
    given: dict[str, Any] = {"name": "Weekly", "kind": "report", "key": "traffic", "created_by": by}
    made = Schedule(site=site, **given | over)
    return services.schedule_set(schedule=made, receivers=[by.pk], at=datetime(2026, 3, 28, tzinfo=UTC))
