"""The check of an installation in Chromium: from the site's page to the fault, and to its end."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.test_everywhere import overflow
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.sites.tests.installing.pages import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_fault_is_found_mended_and_gone(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    site = Site.objects.create(slug="honey", name="Honey")
    site.hostnames.create(name="127.0.0.1")
    reads.forget()
    tracker = reads.site_info(site).tracker
    page = visit(f"/admin/counted-sites/edit/{site.pk}/", width=390)
    with serving(tracker[1:-3]) as pages:
        url = pages.put(f'<!-- <script src="{tracker}"></script> -->')

        page.get_by_role("button", name="Actions").click()
        page.get_by_role("link", name="Check the installation").click()
        expect(page.get_by_label("Address of a page")).to_have_value("https://127.0.0.1/")
        page.get_by_label("Address of a page").fill(url)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="This page is not counted rightly.")).to_be_visible()
        expect(page.get_by_role("rowheader")).to_have_text(
            "The tracker's line is inside a comment: it does not run."
        )
        assert overflow(page) == 0

        pages.put(f'<script defer src="{tracker}"></script>')
        page.get_by_role("button", name="Check it").click()
        expect(page.get_by_role("heading", name="The tracker is in order on this page.")).to_be_visible()
    reads.forget()
