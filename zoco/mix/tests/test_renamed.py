"""Models and tests of a goal go by its new name."""

from datetime import UTC, date, datetime

import pytest

from zoco.ledger.asking.goals import goal_renamed
from zoco.mix.models import ChannelTest, MediaMix, RegionalTest
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = {"first_on": date(2026, 1, 5), "last_on": date(2026, 2, 1)}


def test_models_and_tests_follow_a_goal_of_their_site() -> None:
    shop, other = (Site.objects.create(slug=slug, name=slug) for slug in ("shop", "other"))
    work = {"first_on": DAYS["first_on"], "weeks_count": 52, "created_at": NOW, "told_at": NOW}
    measured = {"channel": "search", "change": 1.0, "effect": 1.0, "error": 1.0, **DAYS}
    for site in (shop, other):
        MediaMix.objects.create(site=site, goal="Thanks", result={"goals": ["Call", "Thanks"]}, **work)
        ChannelTest.objects.create(site=site, goal="Thanks", **measured)
        RegionalTest.objects.create(site=site, goal="Thanks", **work)
    ChannelTest.objects.create(site=shop, goal="", is_revenue=False, goals=["Call", "Thanks"], **measured)

    goal_renamed(site=shop.pk, was="Thanks", now="Ordered")

    for model in (MediaMix, ChannelTest, RegionalTest):
        assert set(model.objects.filter(site=shop).values_list("goal", flat=True)) - {""} == {"Ordered"}
        assert set(model.objects.filter(site=other).values_list("goal", flat=True)) == {"Thanks"}
    assert ChannelTest.objects.get(site=shop, goal="").goals == ["Call", "Ordered"]
    assert MediaMix.objects.get(site=shop).result == {"goals": ["Call", "Ordered"]}
    assert MediaMix.objects.get(site=other).result == {"goals": ["Call", "Thanks"]}
