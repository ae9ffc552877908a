"""The owner's page "Health" in Chromium: on a phone, in the dark, with nothing that the policy forbids."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.test_everywhere import overflow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_health_is_read_on_a_phone_and_in_the_dark(visit: Open, width: int, scheme: str) -> None:
    page = visit("/admin/health/", width=width, color_scheme=scheme)

    expect(page.get_by_role("region", name="Checks").get_by_role("row")).not_to_have_count(1)
    expect(page.get_by_role("rowheader", name="Database")).to_be_visible()
    assert overflow(page) == 0


def test_notice_is_put_away_by_its_button(visit: Open) -> None:
    page = visit("/admin/")
    notices = page.get_by_role("region", name="Notices")
    expect(notices.get_by_text("No worker runs")).to_be_visible()

    notices.get_by_role("button", name="Not for a month (Worker)").click()

    expect(page.get_by_text("No worker runs")).to_have_count(0)
