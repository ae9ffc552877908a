"""What a conversion is: kept once for each site, with what it was before."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from zoco.ledger.asking.converting import goals_converting
from zoco.ledger.report import report_named
from zoco.monitor.attribution.definition import definition_of, rule_set
from zoco.monitor.goal_form import GoalForm
from zoco.monitor.models import ConversionRule, Goal
from zoco.monitor.services import goal_create
from zoco.sites.models import Site
from zoco.sites.reads import site_info

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site.objects.create(slug="shop", name="Shop")


@pytest.fixture
def goals(site: Site) -> list[Goal]:
    return [
        goal_create(site=site.pk, name="Order", kind="event", event="shop.order.placed"),
        goal_create(site=site.pk, name="Thanks", kind="page", pattern="/thanks"),
        goal_create(site=site.pk, name="Long visit", kind="engagement", seconds=60),
    ]


def names(site: Site) -> list[str]:
    return [goal.name for goal in definition_of(site.pk).goals]


@pytest.mark.usefixtures("goals")
def test_without_a_rule_all_goals_but_long_visits_count(site: Site) -> None:
    found = definition_of(site.pk)

    assert (names(site), found.lookback_days, found.is_by_person) == (["Order", "Thanks"], 30, True)


@pytest.mark.usefixtures("goals")
def test_the_last_rule_holds_and_those_before_it_stay(site: Site) -> None:
    rule_set(site=site.pk, goals=["Thanks"], lookback_days=7, is_by_person=False, by=None)

    rule_set(site=site.pk, goals=["Order"], lookback_days=90, is_by_person=True, by=None)

    assert (names(site), definition_of(site.pk).lookback_days) == (["Order"], 90)
    assert [each.goals for each in ConversionRule.objects.all()] == [["Order"], ["Thanks"]]
    assert [goal.name for goal in goals_converting(site.pk)] == ["Order"], "traffic counts by it too"
    report = report_named("conversions")
    assert report.given(site_info(site), report.defaults()) == definition_of(site.pk)


@pytest.mark.usefixtures("goals")
@pytest.mark.parametrize("days", [0, 367])
def test_days_that_are_none_are_refused(site: Site, days: int) -> None:
    with pytest.raises(ValidationError):
        rule_set(site=site.pk, goals=[], lookback_days=days, is_by_person=True, by=None)

    assert not ConversionRule.objects.exists()


def test_a_rule_goes_on_by_a_goal_that_gets_another_name(site: Site, goals: list[Goal]) -> None:
    rule_set(site=site.pk, goals=["Order"], lookback_days=30, is_by_person=True, by=None)
    given = {"site": site.pk, "name": "Purchase", "kind": "event", "event": "shop.order.placed"}

    form = GoalForm(given, instance=goals[0])
    assert form.is_valid(), form.errors
    form.save()

    assert names(site) == ["Purchase"]


@pytest.mark.usefixtures("goals")
def test_the_page_takes_a_definition_and_shows_what_it_was(client: Client, site: Site) -> None:
    owner = User.objects.create_superuser("ana")
    client.force_login(owner)
    where = "/admin/attribution/conversions/?site=shop"

    refused = client.post(where, {"goals": ["Nothing"], "lookback_days": "400"})
    taken = client.post(where, {"goals": ["Order"], "lookback_days": "14"})

    assert refused.status_code == 200
    assert taken.status_code == 302
    rule = ConversionRule.objects.get()
    assert (rule.goals, rule.lookback_days, rule.is_by_person) == (["Order"], 14, False)
    assert rule.created_by == owner
    assert "14 days" in client.get(where).content.decode()
    assert client.get("/admin/attribution/conversions/?site=none").status_code == 404
