"""Models of days: found again on a company whose days are known, and refused where days are too sparse."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix.models import MediaMix
from zoco.mix.notes import notes
from zoco.mix.tests.company import FIRST, costs_make, facts_of, site_make
from zoco.mix.tests.test_fits import done
from zoco.mix.weeks import RUN_IN, Weeks
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.tests.mix.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
DAY = timedelta(days=1)
WEEKS = 54
WORLD = world(3, periods=(WEEKS + RUN_IN) * 7, channels=1, noise=0.03, is_daily=True)
DAYS = {"grain": "day", "weeks_count": WEEKS}
State = MediaMix.State


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(WORLD.series.outcome[RUN_IN * 7 :], DAY), [SITE]):
        made = site_make()
        reads.forget()
        yield made
    reads.forget()


@pytest.mark.parametrize(("weeks", "said"), [(104, 1), (105, 0)])
@pytest.mark.parametrize("days", [1, 7])
def test_under_two_years_it_is_said_that_no_season_is_in_the_model(days: int, weeks: int, said: int) -> None:
    nothing = [0.0] * (weeks * 7 // days)

    found = notes(Weeks(FIRST, 0, {}, nothing, nothing, days=days))

    assert sum(each.startswith("Under two years") for each in found) == said


@pytest.mark.figures
def test_days_tell_what_channels_truly_brought_and_are_shown_as_days(site: Site) -> None:
    costs_make(site, WORLD, WEEKS, DAY)
    campaign = Campaign.objects.get()
    for week in range(WEEKS):
        on = FIRST + timedelta(days=7 * week)
        Cost.objects.create(
            campaign=campaign, on=on, source="typed", amount=10 + week % 7 * week, currency="EUR"
        )

    mix = done(**DAYS)

    assert (mix.state, mix.said) == (State.DONE, "")
    assert len(mix.weeks["outcome"]) == (WEEKS + RUN_IN) * 7
    truth = WORLD.contributions[RUN_IN * 7 :].sum(axis=0)
    told = {each["channel"]: each["contribution"] for each in mix.result["channels"]}
    for name, amount in zip(WORLD.series.channels, truth, strict=True):
        assert told[name]["low"] <= amount <= told[name]["high"]
    lives = {each["channel"]: each for each in mix.result["learnt"] if each["parameter"] == "half_life"}
    # 3 days of the first channel, in days; a priori 2 to 33.
    assert lives["search"]["posterior"]["mean"] == pytest.approx(3.0, rel=0.2)
    assert (lives["search"]["prior"]["low"], lives["search"]["prior"]["high"]) == pytest.approx(
        (2.4, 33), rel=0.2
    )
    analyst = client_of("analyst")
    page = body(analyst.get(f"/admin/media-mix/{mix.pk}/"))
    for words in ("Now, a day", "Half-life of what money does, in days", "Carried over from day to day"):
        assert words in page
    for words in ("Now, a week", "Weeks fitted", "Outcome of a week", "Added in a week"):
        assert words not in page
    assert (
        "Costs of these channels stand on single days, as if those of a week were typed on one: typed."
        in page
    )
    sent = analyst.get(f"/admin/media-mix/{mix.pk}/weeks.csv").content.decode()
    rows = list(csv.DictReader(sent.splitlines()))
    assert rows[RUN_IN * 7]["day"] == str(FIRST)


def test_days_on_which_too_often_nothing_came_are_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    outcome = WORLD.series.outcome[RUN_IN * 7 :].copy()
    outcome[::10] = 0
    facts = [each for each in facts_of(outcome, DAY) if each.amount_site]
    with ledger(tmp_path, facts, [SITE]):
        costs_make(site_make(), WORLD, WEEKS, DAY)
        reads.forget()
        mix = done(**DAYS)
    reads.forget()

    assert mix.state == State.REFUSED
    assert (mix.said % mix.said_places).startswith("Days are too sparse: nothing came on 38 of 378 days")
    assert mix.result == {}
