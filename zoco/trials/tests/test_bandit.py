"""Bandits: shares once a day, arms that stay, honest figures at the end, and what may not be one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import Client

from zoco.kit.ids import uuid8
from zoco.ledger.models import OutboxRow
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.pictures import SVG
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.ledger.tests.reports.made import load
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.stats.trials.bandits import Batch, compared, honest, shares_next
from zoco.trials.analysis import runs
from zoco.trials.deciding import dealt_arm, decided
from zoco.trials.designs import ArmPlan, DesignWrong, Metric
from zoco.trials.models import Trial, TrialRun
from zoco.trials.services import trial_start, trials_finish
from zoco.trials.shares import MomentNeeded
from zoco.trials.sharing import midnight_after, shares_set
from zoco.trials.tests.simulated import DAY, EACH, ORDERS, SIGNED, START, Visits, draft, site_made
from zoco.trials.tests.worked import store_of, worked_out

pytestmark = pytest.mark.django_db
BANDIT: dict[str, Any] = {"deals": "bandit", "decides": "fixed", "ends_on": START.date() + timedelta(days=4)}
RATES = {"a": 0.1, "b": 0.3}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def begun(**more: Any) -> Trial:
    metrics = more.pop("metrics", [SIGNED, EACH, ORDERS])
    return trial_start(trial=draft(metrics, **(BANDIT | more)).pk, at=START)


def day_of(trial: Trial, day: int, units: int, visits: Visits) -> dict[str, list[int]]:
    """Add a day of visitors, dealt as the program deals them; returns by arm how many, how many did it."""
    rng, counts = Random(day), {"a": [0, 0], "b": [0, 0]}
    for _ in range(units):
        visitor = rng.getrandbits(62) + 1
        at = START + DAY * day + timedelta(minutes=rng.randrange(600))
        arm = decided(trial, visitor, at).arm
        visits.view(at, visitor)
        visits.shown(at, visitor, arm)
        counts[arm][0] += 1
        if rng.random() < RATES[arm]:
            counts[arm][1] += 1
            visits.event(at + timedelta(minutes=1), visitor, "sign up")
    return counts


def evening(day: int) -> datetime:
    return datetime(START.year, START.month, START.day, 22, tzinfo=UTC) + DAY * day


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_shares_follow_day_by_day_and_the_end_has_the_honest_figures(engine: str, tmp_path: Path) -> None:
    store: Store = store_of(engine, tmp_path)
    trial, batches = begun(), []
    for day in range(5):
        shares = dict(trial.batches_read[day].shares)
        visits = Visits(trial)
        counts = day_of(trial, day, 300, visits)
        load(tmp_path, [replace_id(each, day) for each in visits.facts])
        batches.append(Batch(shares, *({key: each[at] for key, each in counts.items()} for at in (0, 1))))
        assert not runs.share(trial=trial.pk, now=START + DAY * day, store=store)
        assert runs.share(trial=trial.pk, now=evening(day), store=store) is (day < 4)
        trial.refresh_from_db()
        if day < 4:
            assert trial.batches_read[-1].shares == pytest.approx(shares_next(["a", "b"], batches))
    store.drain()

    early = worked_out(trial, store, START + 3 * DAY)
    trials_finish(at=START + 6 * DAY)
    trial.refresh_from_db()
    result = worked_out(trial, store, START + 9 * DAY)
    store.close()

    kept = result["metrics"][0]
    figure = compared("a", "b", batches)
    assert early["verdict"]["word"] == "running"
    assert early["metrics"][0]["why"] == {"b": "bandit_open"}
    assert result["metrics"][1]["why"] == {"b": "bandit"}
    assert result["metrics"][2]["why"] == {"b": "too_few"}
    assert [check["is_kept"] for check in result["checks"]] == [True] * 3
    assert kept["arms"]["b"]["value"] == pytest.approx(honest(["a", "b"], batches)["b"].value)
    assert kept["figures"]["b"]["difference"] == pytest.approx(figure.difference)
    assert kept["figures"]["b"]["interval"] == pytest.approx(figure.interval)
    assert result["verdict"]["winner"] == "b"
    assert batches[-1].shares["b"] > 0.9


def replace_id(fact: Any, day: int) -> Any:
    fact.id = uuid8(str(fact.id).encode(), day)
    return fact


def test_an_arm_stays_all_day_and_shares_once_set_stay_too() -> None:
    trial = begun()
    noon, midnight = START + timedelta(hours=4), midnight_after(trial, START)
    before = {each: dealt_arm(trial, each, int(noon.timestamp() * 1e6)) for each in range(1, 300)}

    assert shares_set(trial=trial.pk, shares={"a": 0.05, "b": 0.95}, since=midnight, at=evening(0))
    trial.refresh_from_db()

    late = int((midnight - timedelta(seconds=1)).timestamp() * 1e6)
    assert before == {each: dealt_arm(trial, each, late) for each in before}
    after = [dealt_arm(trial, each, int(midnight.timestamp() * 1e6)) for each in before]
    assert after.count("b") > 260
    assert not shares_set(trial=trial.pk, shares={"a": 0.5, "b": 0.5}, since=midnight, at=evening(0))
    assert not shares_set(trial=trial.pk, shares={"a": 0.5, "b": 0.5}, since=midnight, at=midnight)
    with pytest.raises(MomentNeeded):
        dealt_arm(trial, 1)


def test_shares_are_logged_as_facts() -> None:
    trial = begun()
    shares_set(trial=trial.pk, shares={"b": 0.7, "a": 0.3}, since=midnight_after(trial, START), at=evening(0))

    told = [
        json.loads(each.fact)["props"] for each in OutboxRow.objects.order_by("pk") if "shares" in each.name
    ]

    assert [(each["batch"], each["shares"]) for each in told] == [
        (1, {"a": 0.5, "b": 0.5}), (2, {"a": 0.3, "b": 0.7}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"decides": "live"}, "decided at its end"),
        ({"arms": [ArmPlan("a"), ArmPlan("b", weight=2)]}, "same weight"),
        ({"strata": "country"}, "no strata"),
        ({"metrics": [replace(EACH, role="primary")]}, "share of units"),
        (
            {"metrics": [Metric("Left", "proportion", "primary", "Order", is_higher_better=False)]},
            "more is better",
        ),
        ({"ends_on": None}, "last day"),
    ],
)
def test_what_has_no_honest_figures_is_no_bandit(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignWrong, match=words):
        begun(**given)


def test_the_page_says_that_a_bandit_earns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    store = DuckStore(tmp_path, lead=True)
    trial = begun()
    made = Visits(trial)
    day_of(trial, 0, 300, made)
    load(tmp_path, made.facts)
    assert runs.share(trial=trial.pk, now=evening(0), store=store)
    run = runs.run_begin(trial=trial, at=START + 3 * DAY)
    runs.run_through(key=run.pk, store=store)
    store.close()
    client: Client = client_of("analyst")

    shown = body(client.get(f"/admin/trials/{trial.pk}/"))

    assert TrialRun.objects.get().state == "done"
    assert "for earning, not for learning" in shown
    assert "decided once, at its set end; until then it earns" in shown
    assert "the lift is what the same test does not rule out" in shown
    assert "Fieller" not in shown
    assert shown.count('data-label="Share set"') == 4
    assert "with equal shares, by the honest values, about: " in shown
    assert '<div class="z-forest small"><svg class="c" viewBox="0 0 326 174" role="img"' in shown
    moved = whole(client.get(f"/admin/trials/{trial.pk}/", {"picture": "bandit"}).content.decode())
    assert texts(moved)[0] == "How the shares moved"
    assert len(list(moved.iter(f"{SVG}polyline"))) == 2
