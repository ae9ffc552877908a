"""Numbers that are none: refused at once, wherever they stand in a row."""

from decimal import Decimal

import pytest

from zoco.campaigns.costs.importing.tests.made import imported, site_made
from zoco.campaigns.costs.models import Cost

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["9e99999999", "1e-99999999", "NaN", "sNaN", "Infinity", "-inf", "1e31"])
@pytest.mark.timeout(60)
def test_a_number_that_is_none_is_refused_at_once_wherever_it_stands(number: str) -> None:
    text = f"date,campaign,amount,currency,impressions\r\n2026-04-01,spring,4,EUR,{number}\r\n"
    text += f"2026-04-01,spring,{number},EUR,4\r\n2026-04-02,spring,5,EUR,6\r\n"

    run = imported(site_made(), text.encode())

    assert list(Cost.objects.values_list("amount", "impressions")) == [(Decimal(5), 6)]
    assert run.plan["refused"] == 2
