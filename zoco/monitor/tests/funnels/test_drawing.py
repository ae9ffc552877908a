"""Drawing a funnel: its form, its goals, and the page of its report."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zoco.ledger.asking.goals import Goal as Step
from zoco.ledger.report import ParameterWrong
from zoco.monitor.funnel_form import FunnelForm, funnel_said, within_said
from zoco.monitor.funnels import Funnel, funnel_of, funnels_of
from zoco.monitor.goal_form import GoalForm
from zoco.monitor.models import Goal
from zoco.monitor.reports.funnels import chains
from zoco.monitor.services import goal_create
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site.objects.create(slug="shop", name="Shop", currency="EUR")


@pytest.fixture
def goals(site: Site) -> list[Goal]:
    return [
        goal_create(site=site.pk, name="Seen", kind="page", pattern="/p/*"),
        goal_create(site=site.pk, name="Order", kind="event", event="shop.order.placed"),
    ]


def form(site: Site, goals: list[Goal], /, **given: Any) -> FunnelForm:
    steps = {f"step_{number}": goal.pk for number, goal in enumerate(goals, 1)}
    filled = {"site": site.pk, "name": "Shop", "number": 2, "unit": "86400"}
    return FunnelForm(filled | steps | given)


def test_a_funnel_is_saved_and_reports_know_it(site: Site, goals: list[Goal]) -> None:
    filled = form(site, goals, is_strict="on")

    assert filled.is_valid(), filled.errors
    made = filled.save()

    seen, order = Step("Seen", "page", "/p/*"), Step("Order", "event", event="shop.order.placed")
    drawn = chains.Funnel("Shop", (seen, order), 172_800, is_strict=True)
    assert funnel_of(site.pk, "") == drawn == funnel_of(site.pk, str(made.pk))
    assert funnels_of(site.pk) == ((str(made.pk), "Shop"),)
    assert (funnel_said(made), within_said(made)) == ("Seen → Order", "2 days, strict order")
    made.is_each, made.is_strict, made.within_seconds = True, False, 5400
    assert within_said(made) == "1\xa0h\xa030\xa0min, for each step"
    again = FunnelForm(instance=made)
    assert [again.initial[name] for name in ("step_1", "step_2", "step_3", "number", "unit")] == [
        goals[0].pk, goals[1].pk, "", 90, "60",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"step_2": ""}, "step_2"),
        ({"step_2": "999999"}, "step_2"),
        ({"number": "0"}, "number"),
        ({"number": "367"}, "number"),
        ({"number": "9" * 30}, "number"),
        ({"unit": "1"}, "unit"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"site": "999999"}, "site"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    site: Site, goals: list[Goal], given: dict[str, str], wrong: str
) -> None:
    filled = form(site, goals, **given)

    assert wrong in filled.errors
    assert not Funnel.objects.exists()


def test_a_goal_of_another_site_is_no_step(site: Site, goals: list[Goal]) -> None:
    other = Site.objects.create(slug="other", name="Other", currency="EUR")
    theirs = goal_create(site=other.pk, name="Theirs", kind="page", pattern="/t")

    filled = form(site, [goals[0], theirs])

    assert filled.errors == {"step_2": ["This goal is of another site."]}


def test_two_funnels_of_a_name_are_one_too_many(site: Site, goals: list[Goal]) -> None:
    form(site, goals).save()

    assert "name" in form(site, goals, name="SHOP").errors


def test_a_long_visit_is_no_step(site: Site, goals: list[Goal]) -> None:
    stay = goal_create(site=site.pk, name="Stay", kind="engagement", seconds=60)

    assert "step_2" in form(site, [goals[0], stay]).errors


def test_a_goal_that_gets_another_name_stays_a_step_and_one_that_goes_is_named(
    site: Site, goals: list[Goal]
) -> None:
    form(site, goals).save()
    renamed = GoalForm(
        {"site": site.pk, "name": "Product", "kind": "page", "pattern": "/p/*"}, instance=goals[0]
    )
    assert renamed.is_valid()
    renamed.save()

    found = funnel_of(site.pk, "")
    assert found is not None
    assert [each.name for each in found.steps] == ["Product", "Order"]

    goals[1].delete()
    with pytest.raises(ParameterWrong, match="“Order”"):
        funnel_of(site.pk, "")


def test_a_funnel_whose_goal_is_gone_hides_no_other(
    site: Site, goals: list[Goal], admin_client: Client
) -> None:
    broken = Funnel.objects.create(site=site, name="Before", steps=["Seen", "Gone"], within_seconds=60)
    whole = form(site, goals).save()
    where = reverse("zoco_ledger:report", args=["funnel"])

    page = admin_client.get(where, {"site": "shop"})
    named = admin_client.get(where, {"site": "shop", "funnel": str(whole.pk)})
    gone = admin_client.get(where, {"site": "shop", "funnel": str(broken.pk)})

    assert funnels_of(site.pk) == ((str(whole.pk), "Shop"), (str(broken.pk), "Before"))
    assert (page.status_code, named.status_code, gone.status_code) == (200, 200, 400)
    assert "“Gone”" in gone.content.decode()


def test_a_goal_called_none_is_no_step_that_was_left_empty(site: Site, goals: list[Goal]) -> None:
    goal_create(site=site.pk, name="None", kind="page", pattern="/none")
    made = form(site, goals).save()

    assert FunnelForm(instance=made).initial["step_3"] == ""


@pytest.mark.parametrize("key", ["0", "nonsense", "9" * 40, "-1", "²"])
def test_a_key_that_names_none_finds_none(site: Site, goals: list[Goal], key: str) -> None:
    form(site, goals).save()

    assert funnel_of(site.pk, key) is None


def test_the_page_offers_the_funnels_and_says_what_to_do_without(
    site: Site, goals: list[Goal], admin_client: Client
) -> None:
    where = reverse("zoco_ledger:report", args=["funnel"])

    empty = admin_client.get(where, {"site": "shop"}).content.decode()
    form(site, goals).save()
    second = form(site, goals, name="Second").save()
    page = admin_client.get(where, {"site": "shop", "funnel": str(second.pk)}).content.decode()
    gone = admin_client.get(where, {"site": "shop", "funnel": "77777"})

    assert "No funnels yet" in empty
    assert f'<option value="{second.pk}" selected>Second</option>' in page
    assert gone.status_code == 400
    assert "no such funnel" in gone.content.decode()


def test_a_site_without_goals_is_told_to_make_these_first(site: Site, admin_client: Client) -> None:
    page = admin_client.get(reverse("zoco_ledger:report", args=["funnel"]), {"site": "shop"})

    assert "No goals yet" in page.content.decode()
    assert reverse("zoco_goals:add") in page.content.decode()
    assert [each.name for each in page.context["controls"].fields] == ["by"]


def test_the_list_leads_to_the_report_and_the_new_page_is_called_as_its_button(
    site: Site, goals: list[Goal], admin_client: Client
) -> None:
    made = form(site, goals).save()

    listed = admin_client.get(reverse("zoco_funnels:index")).content.decode()
    new = admin_client.get(reverse("zoco_funnels:add"))

    assert f"{reverse('zoco_desk:report', args=['funnel'])}?site=shop&amp;funnel={made.pk}" in listed
    assert "<title>New funnel" in " ".join(new.content.decode().replace("<title>\n", "<title>").split())
    assert "New: Funnel" not in new.content.decode()


def test_the_report_leads_to_the_same_over_time_and_back(
    site: Site, goals: list[Goal], admin_client: Client
) -> None:
    made = form(site, goals).save()
    asked = {"site": "shop", "funnel": str(made.pk), "period": "7d"}

    page = admin_client.get(reverse("zoco_ledger:report", args=["funnel"]), asked)
    (way,) = [each for each in page.context["page_actions"] if "funnel_trend" in each.url]
    over_time = admin_client.get(way.url)

    assert over_time.status_code == 200
    (back,) = [each for each in over_time.context["page_actions"] if "/funnel/" in each.url]
    assert f"funnel={made.pk}" in back.url
    assert "period=7d" in back.url
