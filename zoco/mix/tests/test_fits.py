"""A model of costs and facts whose truth is known: fitted, stopped, cut off, refused, held against a test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix import running
from zoco.mix.models import ChannelTest, MediaMix, MixDraws
from zoco.mix.tests.company import FIRST, costs_make, facts_of, site_make
from zoco.mix.weeks import RUN_IN, WEEK
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.tests.mix.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
WEEKS = 120
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WORLD = world(5, periods=WEEKS + RUN_IN, channels=2, noise=0.015)
State = MediaMix.State


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(WORLD.series.outcome[RUN_IN:]), [SITE]):
        made = site_make()
        reads.forget()
        yield made
    reads.forget()


def begun(**over: object) -> MediaMix:
    given: dict[str, Any] = {"site_id": 1, "first_on": FIRST, "weeks_count": WEEKS}
    mix = MediaMix(**given | {"created_at": NOW, "told_at": NOW} | over)
    running.begin(work=mix)
    return mix


def done(**over: object) -> MediaMix:
    found = running.through(kind="mix", key=begun(**over).pk)
    assert found is not None
    return MediaMix.objects.get(pk=found.pk)


@pytest.mark.figures
def test_a_fit_of_costs_and_facts_finds_what_channels_truly_brought(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)

    mix = done()

    assert (mix.state, mix.said) == (State.DONE, "")
    true = WORLD.contributions[RUN_IN:].sum(axis=0)
    by_name = {each["channel"]: each["contribution"] for each in mix.result["channels"]}
    for name, amount in zip(WORLD.series.channels, true, strict=True):
        assert by_name[name]["low"] <= amount <= by_name[name]["high"]
    assert sum(mix.weeks["outcome"]) == pytest.approx(WORLD.series.outcome[RUN_IN:].sum(), abs=1)
    assert mix.result["waterfall"][-1]["amount"]["mean"] == pytest.approx(sum(mix.weeks["outcome"]))


def test_a_fit_that_ran_twice_says_the_same_to_the_last_digit(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    mix = done()
    first = mix.result

    MediaMix.objects.filter(pk=mix.pk).update(state=State.WORKING, result={}, weeks={})
    running.through(kind="mix", key=mix.pk)

    mix.refresh_from_db()
    assert mix.result == first


def test_a_fit_is_stopped_and_begun_anew(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    mix = begun()
    running.runs_of(mix).stop(mix)

    running.through(kind="mix", key=mix.pk)

    mix.refresh_from_db()
    assert (mix.state, mix.is_to_stop, mix.result) == (State.STOPPED, False, {})
    assert running.runs_of(mix).again(mix, done=0)
    running.through(kind="mix", key=mix.pk)
    mix.refresh_from_db()
    assert mix.state == State.DONE


def test_a_fit_whose_process_died_has_failed_and_can_be_begun_anew(site: Site) -> None:
    mix = begun()
    MediaMix.objects.filter(pk=mix.pk).update(told_at=timezone.now() - timedelta(hours=1))

    running.look()

    mix.refresh_from_db()
    assert mix.state == State.FAILED
    assert running.runs_of(mix).again(mix, done=0)
    assert not running.runs_of(mix).again(mix, done=0)


def test_a_fit_under_way_is_not_deleted(site: Site) -> None:
    mix = begun()

    assert not running.runs_of(mix).discard(mix)
    MediaMix.objects.filter(pk=mix.pk).update(state=State.STOPPED)
    assert running.runs_of(mix).discard(mix)


def test_without_costs_a_sentence_says_what_to_do(site: Site) -> None:
    mix = done()

    assert mix.state == State.REFUSED
    assert mix.said.startswith("No costs are known of these weeks.")
    assert mix.result == {}


def test_too_few_weeks_are_refused_without_a_figure(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)

    mix = done(weeks_count=20)

    assert (mix.state, mix.result) == (State.REFUSED, {})
    assert "two weeks for each of its numbers" in mix.said


def test_more_sources_than_can_be_looked_at_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoco.mix.weeks.SOURCES_MOST", 1)
    costs_make(site, WORLD, WEEKS)

    mix = done()

    assert (mix.state, mix.result) == (State.REFUSED, {})
    assert (mix.said % mix.said_places).startswith(
        "The costs of these weeks have 2 sources; a model looks at 1"
    )


@pytest.mark.figures
def test_channels_that_moved_together_are_named(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    for cost in Cost.objects.filter(source="search"):
        Cost.objects.create(
            campaign=cost.campaign, on=cost.on, source="search too", amount=cost.amount, currency="EUR"
        )

    mix = done()

    assert mix.state == State.REFUSED
    assert {"search", "search too"} <= set(mix.said_places["channels"].split(", "))


@pytest.mark.figures
def test_seldom_channels_are_gathered_or_left_out_and_said_to_be(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    campaign = Campaign.objects.get()
    Cost.objects.create(campaign=campaign, on=FIRST, source="fair", amount=500, currency="EUR")
    Cost.objects.create(campaign=campaign, on=FIRST, source="search", amount=70, currency="USD")

    mix = done()

    assert mix.weeks["left_out"] == ["fair"]
    assert mix.weeks["others"] == {"USD": 70.0}
    assert set(mix.weeks["spend"]) == {"search", "social"}
    page = body(client_of("analyst").get(f"/admin/media-mix/{mix.pk}/"))
    assert "Left out, as even together money was spent in fewer than 8 weeks: fair." in page
    assert "No rate was in force for costs that are in no channel" in page


def lift(site: Site, share: float) -> ChannelTest:
    """Write down a test that took the money of search away for 8 weeks and saw `share` of the effect."""
    found = WORLD.lift(0, RUN_IN + 60, RUN_IN + 68, -1.0, 1.0)
    first = FIRST + 60 * WEEK
    return ChannelTest.objects.create(
        site=site,
        channel="search",
        first_on=first,
        last_on=first + 8 * WEEK - timedelta(days=1),
        change=found.change * 0.999,
        effect=share * found.effect,
        error=abs(found.effect) * 0.05,
    )


@pytest.mark.figures
def test_a_test_that_agrees_is_in_the_model_and_one_that_does_not_contradicts_it(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    test = lift(site, 1.0)
    agreed = done()
    ChannelTest.objects.filter(pk=test.pk).update(effect=test.effect * 0.2)

    contradicted = done()

    assert not agreed.result["is_contradicted"]
    assert agreed.result["tests"] == 1
    assert contradicted.result["is_contradicted"]
    assert contradicted.result["comparisons"][0]["errors"] > 3
    assert list(MixDraws.objects.values_list("mix", flat=True)) == [agreed.pk]
    page = body(client_of("analyst").get(f"/admin/media-mix/{contradicted.pk}/"))
    assert "search: your test contradicts this model by" in page


@pytest.mark.figures
def test_a_test_of_another_outcome_or_other_weeks_is_no_test_of_this_model(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    test = lift(site, 1.0)
    ChannelTest.objects.filter(pk=test.pk).update(is_revenue=False)
    ChannelTest.objects.create(
        site=site,
        channel="search",
        first_on=date(2020, 1, 6),
        last_on=date(2020, 1, 12),
        change=1,
        effect=1,
        error=1,
    )

    assert done().result["tests"] == 0


@pytest.mark.figures
def test_public_holidays_of_a_country_are_in_the_model(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)

    mix = done(country="ES")

    # New Year's Day 2024 was a Monday, Epiphany a Saturday.
    assert mix.weeks["holidays"][RUN_IN] == pytest.approx(2 / 7)
    assert "holidays" in [each["name"] for each in mix.result["waterfall"]]


def test_weeks_of_which_nothing_is_known_are_no_weeks_without_sales(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)

    mix = done(first_on=FIRST - 36 * WEEK, weeks_count=WEEKS + 36)

    assert (mix.state, mix.result) == (State.REFUSED, {})
    said = mix.said % mix.said_places
    assert said.startswith(f"Nothing was spent and nothing came before {FIRST - RUN_IN * WEEK}")
    assert f"Choose {WEEKS + RUN_IN} weeks or fewer" in said


@pytest.mark.parametrize(
    ("ago", "weeks", "grain"), [(60, "60", "day"), (400, "156", "week"), (3, "52", "day")]
)
def test_as_many_weeks_are_proposed_as_costs_are_known_of(
    site: Site, ago: int, weeks: str, grain: str
) -> None:
    campaign = Campaign.objects.create(site=site, name="Spring", code="spring")
    on = timezone.now().date() - ago * WEEK - timedelta(days=1)
    Cost.objects.create(campaign=campaign, on=on, source="search", amount=1, currency="EUR")

    form = client_of("marketer").get("/admin/media-mix/", {"site": "shop"}).context["form"]

    assert (form["weeks"].value(), form["grain"].value()) == (int(weeks), grain)
