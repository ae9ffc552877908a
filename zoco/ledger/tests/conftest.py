"""A site with an empty ledger, and somebody who reads its reports."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from zoco.ledger.store import opening


@pytest.fixture
def site(db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a site whose ledger is empty."""
    from zoco.sites.models import Site

    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    yield Site.objects.create(slug="main", name="Honey shop", zone="Europe/Madrid")
    opening.close()


@pytest.fixture
def reader(client: Any, django_user_model: Any) -> Any:
    """Return a client of somebody who may see reports and no facts."""
    user = django_user_model.objects.create_user("leo", password="hexagon-comb-12")
    user.user_permissions.add(Permission.objects.get(codename="view_reports"))
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
