"""What an open overview asks again while it stays open."""

import re
from typing import Any

import pytest

from zoco.ledger.tests.showing import view
from zoco.ledger.views.overview import OverviewView

pytestmark = pytest.mark.django_db


def test_newer_figures_come_as_the_overview_without_a_frame(reader: Any, site: Any) -> None:
    view(site, "/tea")
    query = "?period=2026-03-02&draw=page_views"

    page = reader.get(f"/reports/overview/traffic/{query}").content.decode()
    fresh = reader.get(f"/reports/overview/traffic/fresh/{query}").content.decode()

    assert "<html" not in fresh
    for part in (r'<div class="z-figs.*?</div>', r'id="z-points".*?</script>', r"<dl.*?</dl>"):
        found = re.search(part, page, re.DOTALL)
        assert found is not None
        assert found[0] in fresh


@pytest.mark.parametrize(
    ("period", "fresh"), [("30d", 'data-z-fresh="/reports/overview/traffic/fresh/"'), ("2026-03-02", "")]
)
def test_overview_names_the_stream_of_a_server_that_has_one(
    reader: Any, site: Any, rf: Any, period: str, fresh: str
) -> None:
    view(site, "/tea")
    address = f"/reports/overview/traffic/?period={period}"
    request = rf.get(address)
    request.user = reader.get(address).wsgi_request.user
    assert "data-z-live" not in reader.get(address).content.decode()

    request.scope = {"zoco.live": "/live"}
    answer: Any = OverviewView.as_view()(request, "traffic")
    page = answer.content.decode()

    assert 'data-z-live="/live" data-z-site="main"' in page
    assert (fresh or 'data-z-fresh=""') in page
