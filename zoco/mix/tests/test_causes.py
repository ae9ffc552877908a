"""What money brought stands beside the credits of attribution, and where they disagree it is said."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from zoco.campaigns.models import Campaign, Cost
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Bounds, Effect, Reader, Wanted, effects_of
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.tests.company import site_make
from zoco.monitor.attribution import causes
from zoco.monitor.attribution.counting import MODELS
from zoco.monitor.models import AttributionRun
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site
from zoco.stats.attribution import UNIT, Measure

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
ALL = User(is_superuser=True, is_active=True)
RUNS, TESTS = "zoco_monitor.view_attributionrun", "zoco_mix.view_channeltest"
MIX, COSTS = "zoco_mix.view_mediamix", "zoco_campaigns.view_cost"
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
    result = {"currency": "EUR", "is_contradicted": False, "channels": [channel], "goals": ["Call", "Order"]}
    given: dict[str, Any] = {
        "first_on": date(2025, 1, 6), "weeks_count": 60, "state": "done", "result": result, "created_at": NOW,
        "told_at": NOW,
    }  # fmt: skip
    return MediaMix.objects.create(site=site, **given | over)


def asked(
    by: str = "source", *, is_revenue: bool = True, goals: tuple[str, ...] = ("Order",), reader: Reader = ALL
) -> list[Effect]:
    (info,) = sitebook.sites()
    return effects_of(Wanted(info, Period(FIRST, LAST, info.zone), by, is_revenue, goals), reader)


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
    (google,) = mix.result["channels"]

    assert [(each.label, each.bounds) for each in asked()] == [("google", Bounds(200, 150, 250))]
    for said, lack in (
        ({"channels": [google | {"knowledge": "not identifiable"}]}, "not identifiable"),
        ({"channels": [google, google | {"channel": "Google"}]}, "its costs are written with and without"),
        ({"is_contradicted": True}, "a test contradicts it"),
    ):
        MediaMix.objects.update(result=mix.result | said)
        assert {(each.bounds, str(each.lack)[: len(lack)]) for each in asked()} == {(None, lack)}


def test_a_model_of_all_conversions_stands_beside_credits_of_the_same_goals_alone(site: Site) -> None:
    fitted(site, is_revenue=False)
    found = [asked(is_revenue=False, goals=each) for each in (("Order",), ("Order", "Call"))]
    assert [[each.label for each in labels] for labels in found] == [[], ["google"]]


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


def allowed(*rights: str) -> tuple[User, Client]:
    """Log in somebody who has these rights alone, and that of the admin."""
    user = User.objects.create_user(f"reader {User.objects.count()}")
    for right in ("wagtailadmin.access_admin", RUNS, *rights):
        app, _dot, code = right.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=code))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return user, client


@pytest.mark.parametrize(
    ("rights", "seen"),
    [
        ((), set()),
        ((MIX, TESTS), set()),  # what was spent would be told
        ((COSTS,), set()),
        ((MIX, COSTS), {"Media mix"}),
        ((TESTS, COSTS), {"Test of the channel"}),
        ((MIX, TESTS, COSTS), {"Media mix", "Test of the channel"}),
    ],
)
def test_whoever_may_not_see_a_page_finds_nothing_of_it_beside_credits(
    site: Site, rights: tuple[str, ...], seen: set[str]
) -> None:
    measured(site)
    fitted(site)
    run = counted(site, first=credits(400, 300, 500))
    user, client = allowed(*rights)

    address = f"/admin/attribution/{run.pk}/"
    page = body(client.get(address))
    sheet = client.get(f"{address}credits.csv").content.decode()
    found = {str(each.source).partition(",")[0] for each in asked(reader=user)}

    assert found == seen
    for source in ("Media mix", "Test of the channel"):
        assert (f"{source}, " in page) is (source in seen)
        assert (f"{source}, " in sheet) is (source in seen)
    assert ("is credited by" in page) is bool(seen), "a sentence would tell its bound"
    assert ("What experiments and the media mix say" in page) is bool(seen)
    assert ("(causal)" in sheet) is bool(seen)


def test_pictures_of_credits_have_nothing_of_experiments(site: Site) -> None:
    measured(site)
    run = counted(site)
    _user, client = allowed(MIX, TESTS, COSTS)

    drawn = client.get(f"/admin/attribution/{run.pk}/?picture=credits").content.decode()

    assert "<svg" in drawn
    assert "google" in drawn
    assert "Test of the channel" not in drawn


def test_of_sites_that_somebody_does_not_see_nothing_stands_there(site: Site) -> None:
    measured(site)
    run = counted(site)
    other = Site.objects.create(slug="other", name="Other", currency="EUR")
    user, client = allowed(MIX, TESTS, COSTS)
    sites_seen_set(user=user, sites=[other])

    assert client.get(f"/admin/attribution/{run.pk}/").status_code == 404
    assert client.get(f"/admin/attribution/{run.pk}/credits.csv").status_code == 404
    sitebook.only(["other"])
    try:
        assert causes.effects(run, Measure.REVENUE, user) == []
    finally:
        sitebook.only(None)
    sites_seen_set(user=user, sites=[site])
    assert "Test of the channel" in client.get(f"/admin/attribution/{run.pk}/credits.csv").content.decode()
