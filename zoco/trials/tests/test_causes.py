"""What a trial withheld stands beside the credits of attribution, by sums that are made here."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Effect, Wanted, effects_of
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import load
from zoco.monitor.attribution.counting import MODELS
from zoco.monitor.models import AttributionRun
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.stats.attribution import UNIT, Measure
from zoco.stats.trials.live import looked
from zoco.stats.trials.metrics import proportion
from zoco.trials.designs import ArmPlan, DesignWrong
from zoco.trials.models import Trial, TrialRun
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, MONEY, SIGNED, START, crowd, draft, running, simulated, site_made
from zoco.trials.tests.worked import worked_out

pytestmark = pytest.mark.django_db
ALL = User(is_superuser=True, is_active=True)
FIRST, LAST = date(2026, 3, 3), date(2026, 3, 5)
WITHHELD: dict[str, Any] = {"withholds_by": "campaign", "withholds": "Spring ", "withheld_arm": "b"}
STANDS = ("conversions", "converted", "people", "touches", "without", "untouched", "labels")
RATES = {"a": 0.4, "b": 0.2}


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site_made()
    reads.forget()
    yield
    reads.forget()


def asked(by: str = "campaign", first: date = FIRST, last: date = LAST, **more: Any) -> list[Effect]:
    (info,) = sitebook.sites()
    goals = more.pop("goals", ("Sign up",))
    return effects_of(
        Wanted(info, Period(first, last, info.zone), by, more.pop("is_revenue", False), goals), ALL
    )


def told(tmp_path: Path, **fields: Any) -> Trial:
    """Return a trial of 2,000 visitors with figures."""
    trial = running([SIGNED], units_planned=2_000, **(WITHHELD | fields))
    store = DuckStore(tmp_path, lead=True)
    load(tmp_path, simulated(trial, 2_000, RATES))
    store.drain()
    until = START + 9 * DAY
    result = worked_out(trial, store, until)
    store.close()
    TrialRun.objects.create(trial=trial, until=until, state="done", result=result, told_at=timezone.now())
    return trial


def counted(trial: Trial) -> tuple[dict[str, list[int]], dict[str, int]]:
    """Return by arm who did it of how many, and how many came first on the days that are asked for."""
    everybody, on_days = {"a": [0, 0], "b": [0, 0]}, {"a": 0, "b": 0}
    for _visitor, arm, at, does in crowd(trial, 2_000, RATES):
        everybody[arm][0] += does
        everybody[arm][1] += 1
        on_days[arm] += FIRST <= at.astimezone(ZoneInfo("Europe/Madrid")).date() <= LAST
    return everybody, on_days


def test_what_the_campaign_brought_is_the_difference_times_the_units_that_got_it(tmp_path: Path) -> None:
    trial = told(tmp_path)

    (found,) = asked()

    everybody, days = counted(trial)
    figure = looked(*(proportion(*everybody[key]) for key in "ab"), planned=2_000, confidence=0.9)
    assert (found.label, found.lack, found.url) == ("spring", "", f"/admin/trials/{trial.pk}/")
    assert found.bounds is not None
    # The figure is of b, which did not get it, against a.
    assert found.bounds.value == pytest.approx(-figure.difference * days["a"])
    assert found.bounds.low == pytest.approx(-figure.interval[1] * days["a"])
    assert found.bounds.high == pytest.approx(-figure.interval[0] * days["a"])
    assert 50 < found.bounds.low < found.bounds.high < 130  # a fifth of some 430 who got it


def test_whoever_was_outside_the_trial_got_it_too_unless_the_control_does_without(tmp_path: Path) -> None:
    trial = told(tmp_path, share_percent=50, holdout_percent=20)
    everybody, days = counted(trial)
    figure = looked(*(proportion(*everybody[key]) for key in "ab"), planned=2_000, confidence=0.9)

    (outside,) = asked()
    Trial.objects.update(withheld_arm="a")
    (without,) = asked()

    got = (days["a"] + days["b"]) / (0.5 * 0.8) - days["b"]
    assert outside.bounds is not None
    assert outside.bounds.value == pytest.approx(-figure.difference * got)
    assert without.bounds is not None
    assert without.bounds.value == pytest.approx(figure.difference * days["b"])


def test_a_trial_of_any_goal_is_of_conversions_only_where_all_goals_are(tmp_path: Path) -> None:
    trial = told(tmp_path)
    Trial.objects.filter(pk=trial.pk).update(metrics=[{**trial.metrics[0], "goal": "", "goal_is": None}])

    (of_one,), (of_all,) = asked(), asked(goals=("Order", "Sign up"))

    assert str(of_one.lack) == "the trial counts another outcome"
    assert str(of_all.lack) == ""


def test_where_there_is_no_figure_it_says_why(tmp_path: Path) -> None:
    trial = told(tmp_path)
    run = TrialRun.objects.get()

    assert asked("source") == []
    assert [str(each.lack) for each in asked(goals=("Order",))] == ["the trial counts another outcome"]
    assert [str(each.lack) for each in asked(is_revenue=True)] == ["the trial counts another outcome"]
    assert [str(each.lack) for each in asked(first=date(2026, 3, 1))] == ["choose days within the trial"]
    assert [str(each.lack) for each in asked(last=date(2026, 3, 12))] == ["choose days within the trial"]
    run.result["metrics"][0]["figures"] = {}
    run.save()
    assert [str(each.lack) for each in asked()] == ["too little data"]
    run.result["checks"][0]["is_kept"] = False
    run.save()
    assert [str(each.lack) for each in asked()] == ["a guard of the trial is broken"]
    run.delete()
    assert [str(each.lack) for each in asked()] == ["no figures yet"]
    Trial.objects.filter(pk=trial.pk).update(started_at=None)
    assert asked() == []


def test_the_page_of_credits_says_in_a_sentence_where_they_disagree(tmp_path: Path) -> None:
    told(tmp_path)
    line = {
        "label": "spring", "people": 600, "shown": 600 * UNIT, "units": 600 * UNIT, "share": 1.0,
        "low": 550 * UNIT, "high": 650 * UNIT,
    }  # fmt: skip
    whole = {"total": 600 * UNIT, "withheld": 0, "undivided": 0, "unassigned": 0, "rest": 0, "lines": [line]}
    rule = {
        "goals": ["Sign up"], "lookback_days": 30, "is_by_person": True, "currency": "EUR",
        "zone": "Europe/Madrid",
    }  # fmt: skip
    run = AttributionRun.objects.create(
        site_id=1, by="campaign", first_on=FIRST, last_on=LAST, state="done", rule=rule, total=1,
        result={
            "credits": {f"{each.value} {key}": whole for each in Measure for key in MODELS},
            "stands": dict.fromkeys(STANDS, 90) | {"counted_at": START.isoformat()},
        },
        created_at=timezone.now(), told_at=timezone.now(),
    )  # fmt: skip

    address = f"/admin/attribution/{run.pk}/"
    shown = body(client_of("analyst").get(f"{address}?of=conversions"))

    assert "Trial “Headline”" in shown
    assert "spring brought at most" in shown
    assert "would have come anyway" in shown
    reader = User.objects.create_user("reader")
    rights = Permission.objects.filter(codename__in=["access_admin", "view_attributionrun"])
    reader.user_permissions.set(rights)
    without = Client(headers={"accept-language": "en"})
    without.force_login(reader)
    page, sheet = body(without.get(f"{address}?of=conversions")), without.get(f"{address}credits.csv")
    assert "spring" in page
    assert "Headline" not in page, "he may not see trials"
    assert "would have come anyway" not in page
    assert "Headline" not in sheet.content.decode()
    reader.user_permissions.add(Permission.objects.get(codename="view_trial"))
    assert "Headline" in without.get(f"{address}credits.csv").content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"withholds": ""}, "leave both empty"),
        ({"withholds_by": ""}, "leave both empty"),
        ({"withheld_arm": "c"}, "has two arms"),
        ({"deals": "bandit", "decides": "fixed"}, "let the shares stay"),
        ({"arms": (ArmPlan("a"), ArmPlan("b"), ArmPlan("c"))}, "has two arms"),
    ],
)
def test_what_is_withheld_is_named_whole(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignWrong, match=words):
        draft([SIGNED, MONEY], **(WITHHELD | given))


def test_the_page_of_a_trial_names_what_it_withholds() -> None:
    trial = trial_start(trial=draft(**WITHHELD).pk, at=START)

    shown = body(client_of("analyst").get(f"/admin/trials/{trial.pk}/"))

    assert "a campaign: Spring (arm b)" in shown
