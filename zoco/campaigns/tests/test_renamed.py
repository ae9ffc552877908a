"""A campaign goes by the new name of its goal."""

import pytest

from zoco.campaigns.models import Campaign
from zoco.ledger.asking.goals import goal_renamed
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def test_campaigns_follow_a_goal_of_their_site() -> None:
    shop, other = (Site.objects.create(slug=slug, name=slug) for slug in ("shop", "other"))
    mine = Campaign.objects.create(site=shop, name="Spring", code="spring", goal="Thanks")
    free = Campaign.objects.create(site=shop, name="Summer", code="summer")
    theirs = Campaign.objects.create(site=other, name="Spring", code="spring", goal="Thanks")

    goal_renamed(site=shop.pk, was="Thanks", now="Ordered")

    goals = dict(Campaign.objects.values_list("pk", "goal"))
    assert goals == {mine.pk: "Ordered", free.pk: "", theirs.pk: "Thanks"}
