"""The simulated company's trials and alarms: the product's own figures find what is true of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from zoco.kit import holding
from zoco.ledger import sitebook
from zoco.ledger.store import opening
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.attribution.definition import definition_of
from zoco.moving import arriving
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site
from zoco.testing import demo
from zoco.testing.company.truth import TrialTruth, Truth
from zoco.testing.trying import loading
from zoco.testing.trying.plans import BANDIT, BUTTON, PROMISE
from zoco.testing.watching import looking
from zoco.trials import periodic, tasks
from zoco.trials.analysis.runs import run_begin, run_through
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial
from zoco.trials.services import trials_finish

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OWN = ("trials.arm.shown", "web.event.sent")


@pytest.fixture(autouse=True)
def own_data(data: Path) -> Iterator[Path]:
    opening.close()
    yield data
    opening.close()


def loaded(visitors: int) -> Truth:
    demo.demo_load(visitors=visitors, days=60, seed=1, replaces=False, now=NOW)
    truth = demo.demo_truth()
    assert truth is not None
    return truth


def one(query: str) -> Any:
    return opening.store().query(query.replace("demo", str(Site.objects.get(slug="demo").pk)))["n"][0].as_py()


def result_of(trial: Trial) -> dict[str, Any]:
    run = trial.runs.order_by("-id").first()
    assert run is not None
    assert run.state == "done"
    found: dict[str, Any] = run.result
    return found


def holds(result: dict[str, Any], arm: str, difference: float, *, metric: int = 0) -> bool:
    low, high = result["metrics"][metric]["figures"][arm]["interval"]
    return bool(low <= difference <= high and high - low < 0.2)


def test_figures_of_trials_hold_what_is_true_also_after_loading_was_cut_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo, "club_load", lambda **_given: None)
    monkeypatch.setattr(demo, "past_look", lambda **_given: 0)
    with monkeypatch.context() as cut:
        cut.setattr(loading, "run_begin", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loaded(60)
    assert Trial.objects.get().state == Trial.State.FINISHED
    assert demo.demo_truth() is None

    looks: list[Trial] = []
    with monkeypatch.context() as beside:
        beside.setattr(loading, "_written", looked_between(loading._written, looks, beside))
        truth = loaded(3_000)
    assert {each.key for each in looks} == {PROMISE.key, BUTTON.key, BANDIT.key}
    promise, button, bandit = (Trial.objects.get(key=each.key) for each in (PROMISE, BUTTON, BANDIT))

    assert one("SELECT count(*) AS n FROM facts WHERE site = demo") == truth.facts
    ended_is_true(promise, truth.trials[0])
    running_is_true(button, truth.trials[1])
    bandit_is_true(bandit, truth.trials[2])
    assert Flag.objects.get().is_on
    others_stay(truth)
    demo.demo_remove()
    assert not Trial.objects.exists()
    assert not Flag.objects.exists()


def looked_between(written: Any, looks: list[Trial], beside: pytest.MonkeyPatch) -> Any:
    """Let a worker look late in the evening of the site each time that facts of a trial were written."""
    late = NOW.replace(hour=22)
    beside.setattr(periodic, "timezone", SimpleNamespace(now=lambda: late))
    beside.setattr(tasks, "timezone", SimpleNamespace(now=lambda: late))
    beside.setattr(tasks, "trial_share", SimpleNamespace(enqueue=tasks.trial_share.func))

    def both(facts: Any) -> None:
        written(facts)
        periodic.look()
        looks.extend(Trial.objects.filter(state=Trial.State.RUNNING))

    return both


def interrupted(**_given: object) -> None:
    raise KeyboardInterrupt


def ended_is_true(trial: Trial, truth: TrialTruth) -> None:
    result = result_of(trial)
    arms = result["metrics"][0]["arms"]

    assert trial.state == Trial.State.ARCHIVED
    assert trial.started_at == datetime(2026, 9, 29, 7, tzinfo=UTC)
    assert trial.ended_at == datetime(2026, 10, 26, 23, tzinfo=UTC)
    assert result["is_end"]
    assert result["crossed"] == 0
    assert {key: each["n"] for key, each in arms.items()} == truth.seen
    assert {key: each["events"] for key, each in arms.items()} == truth.did
    assert sum(truth.seen.values()) > 1_000
    assert holds(result, "with-day", 0.04)
    assert holds(result, "with-day", 0.0, metric=1)
    assert trial.outcome_arm == (result["verdict"]["winner"] or "")
    assert f"{100 * truth.did['as-it-is'] / truth.seen['as-it-is']:.0f}" in trial.learnt


def running_is_true(trial: Trial, truth: TrialTruth) -> None:
    result = result_of(trial)

    assert trial.state == Trial.State.RUNNING
    assert [run.until for run in trial.runs.order_by("id")] == [NOW - timedelta(days=10), NOW]
    assert result["exposed"] == truth.seen
    assert result["crossed"] == 0
    assert result["metrics"][0]["figures"]["button"]["is_live"]
    assert holds(result, "button", 0.03)


def bandit_is_true(trial: Trial, truth: TrialTruth) -> None:
    early, days = result_of(trial), trial.batches_read
    trials_finish(at=NOW + timedelta(days=20))
    trial.refresh_from_db()
    run_through(key=run_begin(trial=trial, at=NOW + timedelta(days=20)).pk)
    result = result_of(trial)

    assert early["exposed"] == truth.seen
    assert early["metrics"][0]["why"] == {"cheese": "bandit_open", "workshop": "bandit_open"}
    assert len(days) == BANDIT.ends + 1
    assert len({tuple(each.shares.items()) for each in days}) > 10
    assert result["crossed"] == 0
    assert result["verdict"]["blocked_by"] == []
    assert holds(result, "workshop", 0.04)
    assert holds(result, "cheese", 0.01)


def others_stay(truth: Truth) -> None:
    """No visit, page or order is other than without the trials, nor is what counts as a conversion."""
    people = "FROM facts WHERE site = demo AND verdict = 'human'"
    site = Site.objects.get(slug="demo").pk

    assert one(f"SELECT count(DISTINCT session) AS n {people} AND name = 'web.page.viewed'") == truth.visits
    assert one(f"SELECT count(*) AS n {people} AND name = 'shop.order.placed'") == truth.everything.orders
    names = ", ".join(repr(each) for each in OWN)
    assert one(
        f"SELECT count(DISTINCT session) AS n {people} AND name IN ({names}) AND session NOT IN"
        f" (SELECT session {people} AND name = 'web.page.viewed')"
    ) == 0  # fmt: skip
    assert {each.name for each in definition_of(site).goals} == set(demo._goal_names())


def test_alarms_find_the_waves_that_were_let_in_and_tell_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "club_load", lambda **_given: None)
    monkeypatch.setattr(demo, "trials_load", lambda **_given: [])
    kinds = (("fall", "orders"), ("not_found", "not_found"), ("bots", "bots"))
    monkeypatch.setattr(looking, "KINDS_LOOKED", kinds)
    client = client_of("marketer")

    truth = loaded(2_000)

    waves = {each.kind: each for each in truth.waves}
    found = {each.alarm.kind: each for each in Incident.objects.select_related("alarm")}
    for kind, wave in waves.items():
        begins, ends = (datetime.fromisoformat(each) for each in (wave.begins, wave.ends))
        assert begins <= found[kind].opened_at <= ends
        assert found[kind].closed_at is not None
        assert wave.value in str(found[kind].found["cause"])
    assert (
        one("SELECT count(*) AS n FROM facts WHERE site = demo AND reason = 'NewBot'") == waves["bots"].facts
    )
    assert one("SELECT count(*) AS n FROM facts WHERE site = demo") == truth.facts
    assert not Telling.objects.exists()
    assert not Alarm.objects.filter(is_on=True).exists()
    assert "La Alacena is a simulated shop" in body(client.get("/admin/incidents/"))
    page = body(client.get(f"/admin/incidents/{found['bots'].pk}/"))
    assert "no figure here is real" in page
    assert "Demo data: the past was looked at" in page


def test_alarms_that_people_set_stay_when_the_past_is_looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    site = demo._site_make()
    monkeypatch.setattr(looking, "KINDS_LOOKED", (("bots", "bots"), ("spam", "spam"), ("fall", "orders")))
    as_set, found, own, calm = (
        Alarm.objects.create(site=site, is_on=False, **given)
        for given in (
            {"kind": "bots", "measure": "bots"},
            {"kind": "spam", "measure": "spam"},
            {"kind": "rise", "measure": "orders"},
            {"kind": "fall", "measure": "orders", "care": "calm"},
        )
    )
    seen = {"opened_at": NOW, "began_at": NOW, "seen_at": NOW}
    Incident.objects.create(alarm=as_set, found={looking.LOOKED_BACK: True}, **seen)
    Incident.objects.create(alarm=found, found={looking.LOOKED_BACK: True}, **seen)
    kept = Incident.objects.create(alarm=found, found={"value": 3}, **seen)

    looking.past_remove(site)

    assert set(Alarm.objects.filter(site=site)) == {found, own, calm}
    assert Incident.objects.get() == kept


def test_a_demo_that_is_being_loaded_is_not_loaded_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "MOMENT", 0.0)
    site = demo._site_make()

    with arriving.loading(site.pk), pytest.raises(demo.DemoRefused, match="being loaded already"):
        loaded(1)

    assert arriving.sites_loading() == set()


def test_figures_that_come_to_no_end_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(loading, "LOOK_SECONDS", 0.01)
    trial = trial_running()
    run_begin(trial=trial, at=NOW)  # and nobody does it

    with pytest.raises(loading.FiguresMissing, match="being worked out already"):
        loading._figures(trial, NOW)


def trial_running() -> Trial:
    site = demo._site_make()
    with sitebook.everything():
        loading._goals_make(site)
        return loading._begun(BUTTON, site, NOW, "")
