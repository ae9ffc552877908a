"""What money brought stands beside the credits of attribution, and where they disagree it is said."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.campaigns.models import Campaign, Cost
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Bounds, Effect, Wanted, effects_of
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.tests.company import site_make
from zoco.monitor.attribution.counting import MODELS
from zoco.monitor.models import AttributionRun
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.attribution import UNIT, Measure

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
FIGURE = {"mean": 2.0, "low": 1.5, "high": 2.5}


@pytest.fixture(autouse=True)
def site() -> Iterator[Site]:
    made = site_make()
    reads.forget()
    campaign = Campaign.objects.create(site=made, name="Spring", code="spring")
    for on, source, medium, amount, currency in (
        (FIRST, "Google", "cpc", 60, "EUR"),
        (LAST, "google", "cpc", 40, "EUR"),
        (LAST, "tiktok", "cpc", 70, "USD"),
        (date(2026, 3, 16), "google", "cpc", 1_000, "EUR"),
        (FIRST, "bing", "display", 10, "EUR"),
    ):
        Cost.objects.create(
            campaign=campaign, on=on, source=source, medium=medium, amount=Decimal(amount), currency=currency
        )
    yield made
    reads.forget()


def measured(site: Site, **over: Any) -> ChannelTest:
    given: dict[str, Any] = {
        "channel": "google", "first_on": FIRST, "last_on": LAST, "change": -200.0, "effect": -300.0,
        "error": 40.0,
    }  # fmt: skip
    return ChannelTest.objects.create(site=site, **given | over)


def fitted(site: Site, **over: Any) -> MediaMix:
    channel = {"channel": "google", "spend": 500.0, "roas": FIGURE, "knowledge": "identified"}
    result = {"currency": "EUR", "is_contradicted": False, "channels": [channel]}
    given: dict[str, Any] = {
        "first_on": date(2025, 1, 6), "weeks_count": 60, "state": "done", "result": result, "created_at": NOW,
        "told_at": NOW,
    }  # fmt: skip
    return MediaMix.objects.create(site=site, **given | over)


def asked(
    by: str = "source", *, is_revenue: bool = True, goals: tuple[str, ...] = ("Order",)
) -> list[Effect]:
    (info,) = sitebook.sites()
    return effects_of(Wanted(info, Period(FIRST, LAST, info.zone), by, is_revenue, goals))


def test_a_test_says_what_the_money_of_these_days_brought(site: Site) -> None:
    measured(site)

    (found,) = asked()

    # 1.5 for each unit of money, of which 100 were spent; 1.645 standard errors of 0.2 to either side.
    assert (found.label, found.lack, found.url) == ("google", "", "/admin/media-mix/tests/")
    assert found.bounds is not None
    assert found.bounds.value == pytest.approx(150)
    assert found.bounds.low == pytest.approx(150 - 1.6448536 * 20)
    assert found.bounds.high == pytest.approx(150 + 1.6448536 * 20)


def test_a_model_says_it_unless_the_data_do_not_or_a_test_contradicts(site: Site) -> None:
    mix = fitted(site)

    assert [(each.label, each.bounds) for each in asked()] == [("google", Bounds(200, 150, 250))]

    mix.result["channels"][0]["knowledge"] = "not identifiable"
    mix.save()
    assert [(each.bounds, str(each.lack)) for each in asked()] == [(None, "not identifiable")]

    mix.result["is_contradicted"] = True
    mix.save()
    assert [(each.bounds, str(each.lack)) for each in asked()] == [(None, "a test contradicts it")]


def test_only_the_same_outcome_counts_and_costs_without_a_rate_have_no_figure(site: Site) -> None:
    measured(site, goal="Order")
    measured(site, channel="tiktok")
    measured(site, channel="nowhere")

    assert [(each.label, str(each.lack)) for each in asked()] == [
        ("google", ""), ("tiktok", "an exchange rate of its costs is missing"),
    ]  # fmt: skip
    assert [each.label for each in asked(goals=("Order", "Contact"))] == ["tiktok"]
    assert asked(is_revenue=False) == []
    assert asked("campaign") == []


def test_costs_belong_to_a_channel_only_where_all_of_it_is_of_one_source(site: Site) -> None:
    measured(site)
    measured(site, channel="bing", change=100.0, effect=50.0, error=10.0)

    # Google and TikTok share a channel of paid visits unless theirs differ; Bing alone shows banners.
    found = {each.label: each.bounds for each in asked("channel")}

    assert found["display"] is not None
    assert found["display"].value == pytest.approx(5)
    Cost.objects.create(
        campaign=Campaign.objects.get(),
        on=FIRST,
        source="yahoo",
        medium="display",
        amount=Decimal(9),
        currency="EUR",
    )
    assert "display" not in {each.label for each in asked("channel")}


def credits(value: float, low: float, high: float) -> dict[str, Any]:
    line = {
        "label": "google", "people": 90, "shown": round(value * UNIT), "units": round(value * UNIT),
        "share": 1.0, "low": low * UNIT, "high": high * UNIT,
    }  # fmt: skip
    whole = {"total": round(value * UNIT), "withheld": 0, "undivided": 0, "unassigned": 0, "rest": 0}
    return {**whole, "lines": [line]}


def counted(site: Site, **models: dict[str, Any]) -> AttributionRun:
    kept = {key: models.get(key, credits(180, 100, 200)) for key in MODELS}
    rule = {
        "goals": ["Order"],
        "lookback_days": 30,
        "is_by_person": True,
        "currency": "EUR",
        "zone": site.zone,
    }
    stands = {"conversions": 90, "converted": 90, "people": 90, "touches": 90, "without": 0, "untouched": 0}
    return AttributionRun.objects.create(
        site=site, by="source", first_on=FIRST, last_on=LAST, state="done", rule=rule,
        result={
            "stands": {**stands, "labels": 1, "counted_at": NOW.isoformat()},
            "credits": {f"{each.value} {key}": shown for each in Measure for key, shown in kept.items()},
        },
    )  # fmt: skip


def test_the_page_of_credits_says_where_they_disagree(site: Site) -> None:
    measured(site)
    run = counted(site, first=credits(400, 300, 500), last=credits(40, 20, 60))

    analyst = client_of("analyst")
    page = body(analyst.get(f"/admin/attribution/{run.pk}/"))

    assert "What experiments and the media mix say" in page
    assert "117 – 183" in page
    above = (
        "google brought at most 183, says: Test of the channel, 2 – 15 Mar 2026. More is credited by: First."
    )
    below = (
        "google brought at least 117, says: Test of the channel, 2 – 15 Mar 2026. Less is credited by: Last."
    )
    assert above in page.replace("\N{NO-BREAK SPACE}", " ")
    assert below in page.replace("\N{NO-BREAK SPACE}", " ")
    conversions = body(analyst.get(f"/admin/attribution/{run.pk}/?of=conversions"))
    assert "What experiments and the media mix say" not in conversions


def test_where_they_agree_nothing_is_said_and_without_experiments_nothing_is_shown(site: Site) -> None:
    run = counted(site)

    analyst = client_of("analyst")
    bare = body(analyst.get(f"/admin/attribution/{run.pk}/"))
    measured(site)
    page = body(analyst.get(f"/admin/attribution/{run.pk}/"))

    assert "What experiments and the media mix say" not in bare
    assert "What experiments and the media mix say" in page
    assert "is credited by" not in page


def test_the_file_of_credits_has_what_experiments_say_with_interval_and_method(site: Site) -> None:
    measured(site)
    model = fitted(site)
    MediaMix.objects.update(result=model.result | {"is_contradicted": True})
    run = counted(site)

    sent = client_of("analyst").get(f"/admin/attribution/{run.pk}/credits.csv").content.decode()

    rows = [each for each in csv.DictReader(sent.splitlines()) if each["label"] == "google"]
    credited = next(each for each in rows if (each["of"], each["model"]) == ("revenue", "shapley"))
    assert (credited["low"], credited["high"]) == ("100.0", "200.0")
    assert (credited["interval"], credited["method"]) == ("0.9", "bootstrap over people")
    mix, test = (each for each in rows if each["model"] == "(causal)")
    assert (test["of"], test["credit"], test["interval"]) == ("revenue", "150.0", "0.9")
    assert [round(float(test[name])) for name in ("low", "high")] == [117, 183]
    assert test["method"].startswith("Test of the channel, ")
    assert (mix["credit"], mix["too_little"]) == ("", "a test contradicts it")
    assert mix["method"].startswith("Media mix, ")
