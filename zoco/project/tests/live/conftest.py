"""A running stream and an analyst."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from zoco.ledger.store import opening
from zoco.project.roles import roles_ensure
from zoco.project.tests.live.streams import Served, account, client_of
from zoco.sites.models import Site


@pytest.fixture
def served(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    roles_ensure()
    Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    started = Served()
    yield started
    started.stop()
    for connection in started.opened:
        connection.close()
    started.pool.close(2.0)
    opening.close()


@pytest.fixture
def ana(served: Served) -> Client:
    return client_of(account())
