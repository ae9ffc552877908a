"""The page of retention: a grid of all cohorts, whichever rows of the table are shown."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zoco.ledger.pictures.formats import NBSP
from zoco.ledger.store import opening
from zoco.ledger.tests.reports.made import fact, load
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
DAYS = 62
FIRST = date(2026, 1, 1)
WHERE = f"/reports/retention/?site=shop&period={FIRST}..{FIRST + timedelta(days=DAYS - 1)}"


@pytest.fixture
def site(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a site to which each day somebody new came."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    made = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    told: dict[str, Any] = {"name": "web.page.viewed", "origin": "tracker", "site": made.pk}
    load(tmp_path, [fact(f"{day} 12:00:00", n + 1, "/", **told) for n, day in enumerate(days)])
    opening.store().drain()
    yield made
    opening.close()


def test_the_grid_has_the_newest_cohorts_and_the_table_pages_through_all(
    site: Site, admin_client: Client
) -> None:
    page = admin_client.get(f"{WHERE}&grain=day&page=2", headers={"accept-language": "en"}).content.decode()

    heat = page[page.index('class="z-heat"') : page.index("</table>")]
    assert heat.count('<th scope="row"') == 60
    assert f">2{NBSP}Jan{NBSP}2026<" not in heat
    assert f">3{NBSP}Jan{NBSP}2026<" in heat
    assert heat.count('class="open"') == 13
    assert "Only the newest cohorts are drawn" in page
    assert "51–100 of 728" in page
    assert "grain=hour" not in page


def test_what_fits_on_a_page_is_asked_once_and_nothing_is_compared(site: Site, admin_client: Client) -> None:
    page = admin_client.get(f"{WHERE}&grain=month", headers={"accept-language": "en"}).content.decode()

    heat = page[page.index('class="z-heat"') : page.index("</table>")]
    assert heat.count('<th scope="row"') == 3
    assert "Only the newest" not in page
    assert "Compare with" not in page
