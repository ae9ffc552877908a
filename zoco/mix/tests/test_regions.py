"""Tests in regions on facts whose truth is known: planned, measured, written down, refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.schema import Fact
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.mix import leaving, running
from zoco.mix.models import ChannelTest, RegionalTest
from zoco.mix.tests.company import site_make
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FIRST = date(2025, 6, 2)
PAST, LENGTH = 60, 6
START = FIRST + PAST * timedelta(days=7)
NAMES = ("AN", "AR", "CT", "GA", "MD", "PV", "VC", "CL")
TREATED, EFFECT = ("CT", "PV"), 0.25
State = RegionalTest.State


def outcomes() -> dict[str, list[float]]:
    """Return weekly revenue by region: a wave, with size and noise; treated ones rise by a quarter."""
    random = np.random.default_rng(7)
    weeks = np.arange(PAST + LENGTH)
    wave = 1 + 0.2 * np.sin(2 * np.pi * weeks / 26)
    found = {}
    for number, name in enumerate(NAMES):
        row = 500 * (1 + number) * wave * (1 + 0.03 * random.standard_normal(len(weeks)))
        if name in TREATED:
            row[PAST:] *= 1 + EFFECT
        found[name] = row.tolist()
    return found


def facts_of() -> list[Fact]:
    made = []
    for number, (name, row) in enumerate(outcomes().items()):
        for week, amount in enumerate(row):
            day = FIRST + timedelta(days=7 * week + number % 7)
            more: dict[str, Any] = {"country": "ES", "region": name, "amount_site": Decimal(f"{amount:.2f}")}
            visitor = 1_000 * (number + 1) + week
            made.append(fact(f"{day} 12:{number:02}:00", visitor, "/", **more))
    # What comes from no known region, and from a region in which something happens twice a year.
    made.append(fact(f"{FIRST} 10:00:00", 9_001, "/", country="ES", amount_site=Decimal(77)))
    made.append(fact(f"{FIRST} 11:00:00", 9_002, "/", country="ES", region="ML", amount_site=Decimal(5)))
    return made


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(), [SITE]):
        made = site_make()
        reads.forget()
        yield made
    reads.forget()


def done(**over: object) -> RegionalTest:
    given: dict[str, Any] = {
        "site_id": 1, "kind": "test", "country": "ES", "regions": list(TREATED), "first_on": START,
        "weeks_count": LENGTH, "length": LENGTH, "before_count": PAST, "channel": "radio", "change": 3_000.0,
        "created_at": NOW, "told_at": NOW,
    }  # fmt: skip
    test = RegionalTest(**given | over)
    running.begin(work=test)
    running.through(kind="regions", key=test.pk)
    test.refresh_from_db()
    return test


def test_a_measurement_finds_what_the_treatment_truly_added() -> None:
    test = done()

    assert (test.state, test.said) == (State.DONE, "")
    lift = test.result["lift"]
    true = sum(sum(row[PAST:]) * EFFECT / (1 + EFFECT) for name, row in outcomes().items() if name in TREATED)
    assert lift["low"] <= EFFECT <= lift["high"]
    assert lift["added_low"] <= true <= lift["added_high"]
    assert lift["relative"] == pytest.approx(EFFECT, abs=0.03)
    assert lift["p"] <= 0.05
    # Of the 15 pairs that six other regions make none is as far off.
    assert test.result["placebos"] == {"p": pytest.approx(1 / 16), "groups": 16}
    assert test.weeks["left_out"] == ["ML"]


def test_where_nothing_happened_nothing_is_found() -> None:
    test = done(regions=["AN", "GA"], before_count=40, first_on=START - timedelta(days=70))

    assert test.result["lift"]["low"] <= 0 <= test.result["lift"]["high"]
    page = body(client_of("analyst").get(f"/admin/media-mix/regions/{test.pk}/"))
    assert "Nothing was found: the effect lies within" in page
    assert "these bounds held the true effect in 86 of 100 worlds" in page
    assert "confidence" not in page


def test_a_plan_ranks_groups_and_says_what_they_would_show(site: Site) -> None:
    campaign = Campaign.objects.create(site=site, name="Spring", code="spring")
    last = START - timedelta(days=1)
    for week in range(13):
        Cost.objects.create(
            campaign=campaign, on=last - timedelta(days=7 * week), source="radio", amount=100, currency="EUR"
        )

    plan = done(
        kind="plan", regions=[], first_on=FIRST, weeks_count=PAST, length=4, before_count=0, change=None
    )

    assert plan.state == State.DONE
    assert plan.result["weekly"] == pytest.approx(100)
    first = plan.result["candidates"][0]
    assert 0 < first["detectable"] <= 0.1
    # What the channel costs there in four weeks, by the regions' share of what comes.
    assert 0 < first["money"] < 400
    assert first["money"] == pytest.approx(400 * first["share"], rel=0.1)
    page = body(client_of("marketer").get(f"/admin/media-mix/regions/{plan.pk}/"))
    assert "Regions that would show the smallest effect" in page
    assert f"regions=ES-{first['units'][0]}" in page


def test_a_plan_looks_only_at_weeks_since_anything_came(site: Site) -> None:
    asked: dict[str, Any] = {"kind": "plan", "regions": [], "channel": "", "before_count": 0, "change": None}

    plan = done(**asked, first_on=FIRST - timedelta(days=7 * 100), weeks_count=PAST + 100, length=4)
    known = done(**asked, first_on=FIRST, weeks_count=PAST, length=4)

    assert (plan.state, plan.said) == (State.DONE, "")
    assert plan.result == known.result
    analyst = client_of("analyst")
    page, other = (body(analyst.get(f"/admin/media-mix/regions/{each.pk}/")) for each in (plan, known))
    assert "Before 2\xa0Jun\xa02025 nothing came from any region" in page
    assert "nothing came from any region" not in other


def test_a_plan_of_too_short_a_past_says_what_there_is_and_what_is_needed() -> None:
    asked: dict[str, Any] = {"kind": "plan", "regions": [], "channel": "", "before_count": 0, "change": None}

    plan = done(**asked, first_on=FIRST - timedelta(days=7 * 30), weeks_count=40, length=4)

    assert (plan.state, plan.said_places) == (State.REFUSED, {"weeks": 10, "least": 20})
    page = body(client_of("analyst").get(f"/admin/media-mix/regions/{plan.pk}/"))
    assert "since anything came: 10. A test as long as this one needs 20 or more" in page


def test_a_plan_in_which_no_region_finds_anything_advises_against_the_test() -> None:
    plan = done(
        kind="plan", regions=[], first_on=FIRST, weeks_count=PAST, length=4, before_count=0, change=None
    )
    page, marketer = f"/admin/media-mix/regions/{plan.pk}/", client_of("marketer")
    found = body(marketer.get(page))
    # Nothing was ever spent on the radio here, so that switching it off would show nothing.
    assert "Nothing was spent on this channel in the last 13 weeks" in found
    assert "Do not test in them" not in found

    for each in plan.result["candidates"]:
        each["detectable"] = each["seen"] = None
    plan.save()

    assert "Do not test in them" in body(marketer.get(page))


def test_a_result_is_written_down_once_as_a_test_of_the_channel() -> None:
    test = done()
    marketer = client_of("marketer")

    for _again in range(2):
        marketer.post(f"/admin/media-mix/regions/{test.pk}/act/", {"do": "write"})

    made = whole(marketer.get(f"/admin/media-mix/regions/{test.pk}/", {"picture": "lift"}).content.decode())
    assert texts(made)[0] == "What the treated regions did, and what the others let expect"
    written = ChannelTest.objects.get()
    assert (written.channel, written.change, written.first_on, written.last_on) == (
        "radio",
        3_000.0,
        START,
        START + timedelta(days=7 * LENGTH - 1),
    )
    assert written.effect == pytest.approx(test.result["lift"]["added"])
    assert written.error == pytest.approx(test.result["lift"]["error"])


def test_who_may_only_read_writes_nothing_down() -> None:
    test = done()

    client_of("analyst").post(f"/admin/media-mix/regions/{test.pk}/act/", {"do": "write"})

    assert not ChannelTest.objects.exists()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"country": "FR"}, "In these weeks nothing is known by region."),
        ({"regions": ["ZZ"]}, "Nothing is known of %(names)s in these weeks."),
        ({"regions": list(NAMES)}, "Nothing can be told of these regions"),
        ({"kind": "plan", "length": 40, "weeks_count": PAST}, "Regions in which something came in"),
    ],
)
def test_what_cannot_be_told_gives_a_sentence_and_no_figure(over: dict[str, Any], said: str) -> None:
    test = done(**over)

    assert (test.state, test.result) == (State.REFUSED, {})
    assert test.said.startswith(said)


def test_a_second_one_waits_until_the_first_is_over() -> None:
    given: dict[str, Any] = {
        "site_id": 1, "kind": "plan", "country": "ES", "first_on": FIRST, "weeks_count": PAST, "length": 4,
        "created_at": NOW, "told_at": NOW,
    }  # fmt: skip
    running.begin(work=RegionalTest(**given))

    with pytest.raises(running.UnderWay):
        running.begin(work=RegionalTest(**given))

    assert RegionalTest.objects.count() == 1


def test_a_plan_is_stopped() -> None:
    test = RegionalTest(
        site_id=1, kind="plan", country="ES", first_on=FIRST, weeks_count=PAST, length=4,
        created_at=NOW, told_at=NOW,
    )  # fmt: skip
    running.begin(work=test)
    running.runs_of(test).stop(test)

    running.through(kind="regions", key=test.pk)

    test.refresh_from_db()
    assert (test.state, test.result) == (State.STOPPED, {})


def this_monday() -> date:
    today = timezone.now().date()
    return today - timedelta(days=today.weekday())


def test_forms_offer_what_there_is_and_refuse_what_cannot_be() -> None:
    marketer = client_of("marketer")
    page = body(marketer.get("/admin/media-mix/regions/?regions=ES-CT"))
    given = {
        "site": "shop", "kind": "test", "measure-outcome": "revenue", "measure-channel": "",
        "measure-regions": ["ES-CT", "ES-PV"], "measure-first_on": str(START), "measure-length": LENGTH,
        "measure-before": PAST, "measure-change": "",
    }  # fmt: skip

    answer = marketer.post("/admin/media-mix/regions/", given)

    assert '<option value="ES-CT" selected>' in page
    test = RegionalTest.objects.get()
    assert answer["Location"] == f"/admin/media-mix/regions/{test.pk}/"
    assert (test.country, test.regions, test.change) == ("ES", ["CT", "PV"], None)
    for wrong, said in (
        ({"measure-first_on": str(START + timedelta(days=1))}, "A test begins on a Monday."),
        ({"measure-first_on": "9999-12-27"}, "The day lies in the future, or before 2000"),
        ({"measure-first_on": str(this_monday())}, "A test that is not over says nothing yet."),
        ({"measure-regions": ["ES-XX"]}, "ES-XX is not one of the available choices"),
        ({"measure-length": "99"}, "less than or equal to 12"),
        ({"kind": "plan", "plan-country": "QQ"}, "QQ is not one of the available choices"),
    ):
        assert said in body(marketer.post("/admin/media-mix/regions/", given | wrong)), said
    assert RegionalTest.objects.count() == 1


def test_what_was_worked_out_goes_with_the_facts_of_a_site_and_typed_tests_stay(site: Site) -> None:
    test = done()
    ChannelTest.objects.create(
        site=site,
        channel="radio",
        first_on=START,
        last_on=START + timedelta(days=6),
        change=1,
        effect=1,
        error=1,
    )

    leaving.site_forget(site.pk, test.created_at)

    assert not RegionalTest.objects.exists()
    assert ChannelTest.objects.count() == 1
