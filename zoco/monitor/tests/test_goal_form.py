"""The form of a goal: what each kind needs, what it leaves out, and how conditions are written."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from zoco.ledger.asking.goals import Goal as GoalInfo
from zoco.ledger.asking.goals import PropCondition, goals_of, goals_of_facts
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.conditions import ConditionUnreadable, conditions_read, conditions_write
from zoco.monitor.goal_form import GoalForm
from zoco.monitor.models import Goal
from zoco.monitor.said import goal_said
from zoco.monitor.services import goal_create
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site.objects.create(slug="shop", name="Shop", currency="EUR")


def form(site: Site, **given: Any) -> GoalForm:
    return GoalForm({"site": site.pk, "name": "Goal", **given})


def test_a_goal_is_saved_and_the_ledger_knows_it(site: Site) -> None:
    filled = form(site, kind="event", event="sign up", written="plan = gold\n\nseats>4", pattern="/left over")

    assert filled.is_valid(), filled.errors
    goal = filled.save()

    conditions = (PropCondition("plan", "is", "gold"), PropCondition("seats", "above", "4"))
    assert goals_of(site.pk) == (GoalInfo("Goal", "event", event="sign up", conditions=conditions),)
    assert goals_of(site.pk + 1) == ()
    assert GoalForm(instance=goal).initial["written"] == "plan = gold\nseats > 4"
    assert goal_said(goal) == "event sign up with plan = gold, seats > 4"


def renamed(site: Site, was: str, now: str) -> None:
    goal = goal_create(site=site.pk, name=was, kind="page", pattern="/thanks")
    filled = GoalForm(
        {"site": site.pk, "name": now, "kind": "page", "pattern": "/thanks"},
        instance=Goal.objects.get(pk=goal.pk),
    )
    assert filled.is_valid(), filled.errors
    filled.save()


def test_alarms_follow_a_goal_that_gets_another_name(site: Site) -> None:
    other = Site.objects.create(slug="other", name="Other", currency="EUR")
    mine = Alarm.objects.create(site=site, kind="fall", measure="goal:Thanks")
    theirs = Alarm.objects.create(site=other, kind="fall", measure="goal:Thanks")
    fact = Alarm.objects.create(site=site, kind="fall", measure="event:Thanks")

    renamed(site, "Thanks", "Ordered")

    measures = dict(Alarm.objects.values_list("pk", "measure"))
    assert measures == {mine.pk: "goal:Ordered", theirs.pk: "goal:Thanks", fact.pk: "event:Thanks"}


def test_an_alarm_does_not_follow_where_another_watches_the_name_already(site: Site) -> None:
    Alarm.objects.create(site=site, kind="fall", measure="goal:Ordered")
    Alarm.objects.create(site=site, kind="fall", measure="goal:Thanks")
    rise = Alarm.objects.create(site=site, kind="rise", measure="goal:Thanks")

    renamed(site, "Thanks", "Ordered")

    assert set(Alarm.objects.exclude(pk=rise.pk).values_list("measure", flat=True)) == {
        "goal:Ordered",
        "goal:Thanks",
    }
    assert Alarm.objects.get(pk=rise.pk).measure == "goal:Ordered"


def test_goals_of_facts_are_all_but_visits_that_last(site: Site) -> None:
    goal_create(site=site.pk, name="Stays", kind="engagement", views=5)
    goal_create(site=site.pk, name="Thanks", kind="page", pattern="/thanks")

    assert [goal.name for goal in goals_of_facts(site.pk)] == ["Thanks"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"kind": "page"}, {"pattern"}),
        ({"kind": "page", "pattern": "thanks"}, {"pattern"}),
        ({"kind": "event"}, {"event"}),
        ({"kind": "event", "event": "e", "written": "plan"}, {"written"}),
        ({"kind": "event", "event": "e", "written": "seats > many"}, {"written"}),
        ({"kind": "engagement"}, {"seconds"}),
        ({"kind": "engagement", "seconds": "-1"}, {"seconds"}),
        ({"kind": "engagement", "seconds": "9223372036854775807"}, {"seconds"}),
        ({"kind": "engagement", "views": "9223372036854775807"}, {"views"}),
        ({"kind": "revenue", "amount": "-1"}, {"amount"}),
        ({"kind": "revenue", "amount": "99999999999999.9999"}, {"amount"}),
        ({"kind": "dream", "pattern": "/a"}, {"kind"}),
        ({"kind": "page", "pattern": "/a", "name": ""}, {"name"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(site: Site, given: dict[str, str], wrong: set[str]) -> None:
    filled = form(site, **given)

    assert set(filled.errors) == wrong


def test_a_name_that_is_taken_is_told_at_its_field(site: Site) -> None:
    first = form(site, kind="form")
    assert first.is_valid()
    goal = first.save()
    again = form(site, kind="form", name="GOAL")

    assert again.errors == {"name": ["The site has a goal of this name already; choose another."]}
    assert GoalForm({"site": site.pk, "name": "goal", "kind": "form"}, instance=goal).is_valid()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "page", "pattern": "/thanks"}, "page /thanks"),
        ({"kind": "form"}, "any form"),
        ({"kind": "form", "event": "contact"}, "form contact"),
        ({"kind": "revenue", "seconds": "nonsense"}, "any revenue"),
        ({"kind": "revenue", "amount": "59.9", "event": "order"}, "€59.90 or more by event order"),
        (
            {"kind": "engagement", "seconds": "90", "views": "3"},
            "1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}s and 3 pages in one visit",
        ),
        ({"kind": "engagement", "views": "1"}, "1 page in one visit"),
    ],
)
def test_a_goal_in_words(site: Site, given: dict[str, str], said: str) -> None:
    filled = form(site, **given)

    assert filled.is_valid(), filled.errors
    assert goal_said(filled.save()) == said


def test_a_service_is_held_to_the_same(site: Site) -> None:
    wrong: list[dict[str, Any]] = [
        {"kind": "page"},
        {"kind": "engagement"},
        {"kind": "event", "event": "e", "conditions": [PropCondition("n", "above", "many")]},
    ]
    for given in wrong:
        with pytest.raises(ValidationError):
            goal_create(site=site.pk, name="Goal", **given)
    assert goals_of(site.pk) == ()


def test_a_name_is_taken_once_a_site_whatever_its_case(site: Site) -> None:
    first = form(site, kind="form", name="Contact")
    assert first.is_valid()
    first.save()

    again = form(site, kind="form", name="CONTACT")

    assert not again.is_valid()
    assert Goal.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("a=b", [PropCondition("a", "is", "b")]),
        ("a != b c", [PropCondition("a", "is_not", "b c")]),
        ("a ~ =", [PropCondition("a", "contains", "=")]),
        ("a =", [PropCondition("a", "is", "")]),
        ("a.b < -1.5", [PropCondition("a.b", "below", "-1.5")]),
        ("имя = я", [PropCondition("имя", "is", "я")]),
        (" \n ", []),
    ],
)
def test_conditions_are_read_and_written(text: str, conditions: list[PropCondition]) -> None:
    assert conditions_read(text) == conditions
    assert conditions_read(conditions_write(conditions)) == conditions


@pytest.mark.parametrize("text", ["plan", "= gold", "n > 1e5", "n < ", "\n".join(["a=b"] * 21)])
def test_conditions_that_are_none(text: str) -> None:
    with pytest.raises(ConditionUnreadable):
        conditions_read(text)
