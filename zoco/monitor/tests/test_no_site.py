"""Before there is a site, each page that is about one says so and leads to where one is made."""

import pytest

from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
PAGES = (
    "costs/", "links/", "tags/", "block-lists/", "source-channels/", "short-links/new/", "exclusions/new/",
    "campaigns/new/", "goals/new/", "alarms/new/", "annotations/new/", "scheduled-exports/new/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_page_about_a_site_says_that_there_is_none(page: str) -> None:
    assert not Site.objects.exists()

    owner, marketer = (client_of(role).get(f"/admin/{page}") for role in ("owner", "marketer"))

    assert owner.status_code == marketer.status_code == 200
    assert "There is no site yet" in body(owner)
    assert '<a class="z-b go" href="/admin/counted-sites/new/">New site</a>' in body(owner)
    assert "Ask an owner" in body(marketer)
    assert "/admin/counted-sites/new/" not in body(marketer).partition('<div class="z-body">')[2]


@pytest.mark.parametrize(
    "page", ["verdicts/", "live-facts/", "incidents/", "imports/", "exports/", "scheduled-reports/"]
)
def test_other_pages_open_without_a_site(page: str) -> None:
    assert client_of("owner").get(f"/admin/{page}", follow=True).status_code in (200, 404)


def test_empty_list_of_segments_leads_to_a_report() -> None:
    shown = body(client_of("marketer").get("/admin/segments/"))

    assert '<a href="/admin/ledger/reports/overview/traffic/" class="button">Open the overview</a>' in shown
