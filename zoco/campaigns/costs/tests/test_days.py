"""A slip of the pen in a year: refused with a sentence, and harmless where it was written before."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from zoco.campaigns.costs.models import Cost, Plan, Rate
from zoco.campaigns.costs.planning import progress_of
from zoco.campaigns.costs.tests.test_screens import campaign
from zoco.campaigns.models import Campaign
from zoco.campaigns.tests.test_reports import TRACKED
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db
__all__ = ["campaign"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"on": "0026-03-28", "amount": "5"}, "The day lies in the future, or before 2000"),
        ({"on": "9999-12-31", "amount": "5"}, "The day lies in the future, or before 2000"),
        ({"plan": "1", "plan-starts_on": "0026-03-01", "plan-ends_on": "0026-03-02", "plan-budget": "1"},
         "The day lies before 2000."),
        ({"plan": "1", "plan-starts_on": "9999-12-30", "plan-ends_on": "9999-12-31", "plan-budget": "1"},
         "The day lies after 2099."),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_no_cost_and_no_plan(
    campaign: Campaign, given: dict[str, str], sentence: str
) -> None:
    answer = client_of("marketer").post(f"/admin/costs/campaign/{campaign.pk}/", given)

    assert answer.status_code == 422
    assert sentence in body(answer)
    assert not Cost.objects.exists()
    assert not Plan.objects.exists()


def test_a_rate_is_in_force_from_a_day_that_can_be(campaign: Campaign) -> None:
    marketer, where = client_of("marketer"), "/admin/costs/rates/"
    given = {"site": "shop", "currency": "USD", "rate": "0.9"}

    early = marketer.post(where, given | {"on": "0026-03-28"})
    late = marketer.post(where, given | {"on": "9999-12-31"})

    assert (early.status_code, late.status_code) == (422, 422)
    assert "The day lies before 2000." in body(early)
    assert "The day lies after 2099." in body(late)
    assert not Rate.objects.exists()


def test_a_campaign_that_ends_with_time_itself_is_still_shown(campaign: Campaign) -> None:
    days = {"starts_on": date(1, 1, 1), "ends_on": date.max, "budget": Decimal(100)}
    Campaign.objects.filter(pk=campaign.pk).update(**days)
    campaign.refresh_from_db()
    now = datetime(2026, 4, 1, 12, tzinfo=UTC)

    shown = client_of("analyst").get(f"/admin/costs/campaign/{campaign.pk}/")
    [found] = progress_of(TRACKED, campaign, now=now)

    assert shown.status_code == 200
    assert (found.is_over, found.forecast, found.outcome) == (False, None, None)
    with pytest.raises(Exception, match="The day lies before 2000"):
        campaign.full_clean()
