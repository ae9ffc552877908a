"""Tables of more than three columns on a phone: blocks to the eye, tables to a screen reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PERIOD, Open
from tests.journeys.test_accessible import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PAGES = (
    f"/admin/ledger/reports/goals/?period={PERIOD}",
    f"/admin/ledger/reports/traffic/?period={PERIOD}",
    f"/admin/ledger/reports/referrers/?period={PERIOD}",
    f"/admin/ledger/reports/facts/?period={PERIOD}",
    "/admin/health/",
    "/admin/changes/",
)


def too_wide(page: Page) -> list[int]:
    """Return by how many pixels each box of a table scrolls sideways."""
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('.z-scroll')].map(e => e.scrollWidth - e.clientWidth)"
    )
    return [each for each in found if each > 0]


def beyond(page: Page) -> list[str]:
    """Return the fields that reach out of their panel."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.z-panel :is(input, select)')].filter(e => e.offsetParent)"
        ".filter(e => e.getBoundingClientRect().right > e.closest('.z-panel').getBoundingClientRect().right)"
        ".map(e => e.name)"
    )
    return found


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
def test_no_table_of_a_phone_hides_columns_at_its_side(visit: Open, locale: str) -> None:
    from zoco.monitor.services import goal_create
    from zoco.sites.models import Site

    goal_create(site=Site.objects.get().pk, name="Third page", kind="page", pattern="/page-2")
    page = visit(PAGES[0], width=390, locale=locale)

    for path in PAGES:
        page.goto(page.url.split("/admin/")[0] + path)
        table = page.get_by_role("table").first
        expect(table.get_by_role("row").nth(1)).to_be_visible()
        assert table.get_by_role("columnheader").count() > 3
        label = table.get_by_role("row").nth(1).locator("[data-label]").last
        assert label.evaluate("e => getComputedStyle(e, '::before').content") != "none"
        assert (too_wide(page), beyond(page)) == ([], []), path
        assert violations(page, path) == []
