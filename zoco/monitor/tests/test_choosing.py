"""What a report can be told on its page: a long list, and a value that is typed."""

import re

import pytest

from zoco.ledger.tests.reports.made import PERIOD
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
REPORTS = "/admin/ledger/reports"


@pytest.fixture(autouse=True)
def site() -> Site:
    return Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid")


def test_two_columns_are_chosen_from_lists_and_their_values_filter() -> None:
    address = f"{REPORTS}/crossed/?site=shop&period={PERIOD}&rows=path&across=os&compare=none"

    page = body(client_of("analyst").get(address))

    assert re.search(r'<select class="z-in" id="z-rows" name="rows">.*<option value="path" selected>', page)
    assert '<option value="os" selected>' in page
    assert '<input type="hidden" name="period"' in page
    filters = re.findall(r'href="(\?[^"]*f\.os=Linux[^"]*)"', page)
    assert filters
    assert "rows=path" in filters[0]
    filtered = body(client_of("marketer").get(f"{REPORTS}/crossed/{filters[0]}"))
    assert "Linux" in filtered
    assert "iOS" not in filtered.partition("<table")[2].partition("</table>")[0]


def test_one_column_twice_gets_a_page_that_says_what_to_choose() -> None:
    answer = client_of("analyst").get(f"{REPORTS}/crossed/?site=shop&rows=path&across=path")

    assert answer.status_code == 422 or answer.status_code == 400
    assert "choose two different ones" in body(answer)


def test_a_page_is_typed() -> None:
    page = body(client_of("analyst").get(f"{REPORTS}/paths/?site=shop&period={PERIOD}&path=/a&side=before"))

    assert '<input class="z-in" id="z-path" name="path" size="22" value="/a">' in page
    assert '<input type="hidden" name="side" value="before">' in page
