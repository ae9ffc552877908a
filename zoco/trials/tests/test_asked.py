"""Questions in the background, and the held-out against everybody else by sums that are made here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import load
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.stats.trials.live import looked
from zoco.stats.trials.metrics import proportion
from zoco.trials.analysis import units
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.asked.services import AskedTooMuch, answer_through, question_ask, question_stop
from zoco.trials.assigning import is_held_out
from zoco.trials.leaving import site_forget
from zoco.trials.tests.simulated import DAY, START, Visits, running, site_made
from zoco.trials.tests.worked import store_of

pytestmark = pytest.mark.django_db
GIVEN: dict[str, Any] = {"goal": "Sign up", "kind": "proportion", "unit": "visitor", "window_days": 1}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def ask(kind: str = "holdout", at: datetime = START + 9 * DAY, **more: Any) -> TrialQuestion:
    return question_ask(site=1, kind=kind, given=GIVEN | more, by=None, at=at)


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_the_held_out_against_everybody_else_is_the_sum_by_hand(engine: str, tmp_path: Path) -> None:
    store: Store = store_of(engine, tmp_path)
    running(holdout_percent=20, units_planned=2_000)
    trial = running(key="more", holdout_percent=40, units_planned=1_000)
    made, rng, counts = Visits(trial), Random(3), {"held": [0, 0], "others": [0, 0], "": [0, 0]}
    for _ in range(2_000):
        visitor = rng.getrandbits(62) + 1
        at = START + timedelta(hours=rng.random() * 100)
        in_all, in_some = (is_held_out("holdout/1", visitor, share) for share in (0.2, 0.4))
        group = "held" if in_all else "" if in_some else "others"
        does = rng.random() < (0.1 if in_some else 0.3)
        made.view(at, visitor)
        counts[group][0] += 1
        if does:
            made.event(at + timedelta(minutes=1), visitor, "sign up")
            counts[group][1] += 1
    load(tmp_path, made.facts)
    store.drain()

    found = answer_through(key=ask().pk, store=store)
    store.close()

    assert found is not None
    answer = found.answer
    figure = looked(
        *(proportion(counts[key][1], counts[key][0]) for key in ("held", "others")), planned=2_000
    )
    assert {key: each["n"] for key, each in answer["arms"].items()} == {
        key: counts[key][0] for key in ("held", "others")
    }
    assert (answer["difference"], answer["p"]) == pytest.approx((figure.difference, figure.p))
    assert answer["interval"] == pytest.approx(figure.interval)
    assert answer["is_sure"]
    assert answer["percent"] == 20


def test_where_nobody_is_held_out_or_hardly_anybody_came_it_is_said(tmp_path: Path) -> None:
    store = store_of("duckdb", tmp_path)
    nobody = answer_through(key=ask().pk, store=store)
    running(holdout_percent=20)
    few = answer_through(key=ask(at=START + 10 * DAY).pk, store=store)
    gone = answer_through(key=ask(goal="Nothing").pk, store=store)
    store.close()

    said = [each.said for each in (nobody, few, gone) if each is not None]
    assert [each[:12] for each in said] == ["No trial of ", "Too little t", "The site has"]


def test_the_same_is_not_asked_twice_and_few_wait_at_once(tmp_path: Path) -> None:
    first = ask()
    assert ask().pk == first.pk
    others = [ask(window_days=days) for days in (2, 3)]
    with pytest.raises(AskedTooMuch):
        ask(window_days=4)
    question_stop(question=others[0])
    stopped = answer_through(key=others[0].pk)
    assert stopped is not None
    assert (stopped.state, stopped.answer) == ("stopped", {})
    assert ask(window_days=4).state == "waiting"
    TrialQuestion.objects.filter(pk=first.pk).update(state="running", told_at=START)
    later = ask(at=START + 10 * DAY)
    assert later.pk != first.pk
    first.refresh_from_db()
    assert (first.state, first.said) == ("failed", "The process ended.")
    site_forget(1, START + 11 * DAY)
    assert not TrialQuestion.objects.exists()


def test_a_question_goes_on_after_its_process_died_and_ends_at_the_next_step_when_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of("duckdb", tmp_path)
    running(holdout_percent=20)
    question, whole = ask(), units.came_deeds_read

    def killed(*_given: Any) -> Any:
        raise KeyboardInterrupt

    def stopped(*given: Any) -> Any:
        question_stop(question=question)
        return whole(*given)

    with monkeypatch.context() as patch:
        patch.setattr(units, "came_deeds_read", killed)
        with pytest.raises(KeyboardInterrupt):
            answer_through(key=question.pk, store=store)
    question.refresh_from_db()
    assert (question.state, question.done, question.total) == ("running", 1, 3)
    with monkeypatch.context() as patch:
        patch.setattr(units, "came_deeds_read", stopped)
        answer_through(key=question.pk, store=store)
    question.refresh_from_db()
    store.close()

    assert (question.state, question.done, question.answer) == ("stopped", 2, {})


def test_the_pages_of_questions_show_how_far_they_are_and_stop() -> None:
    client, question = client_of("analyst"), ask("plan", lift=10.0, arms=2, power=80.0, share=100)
    TrialQuestion.objects.update(state="running", done=2)
    page = f"/admin/trials/plan/?site=shop&asked={question.pk}"

    shown = body(client.get(page))
    stopped = client.post(page, {"site": "shop", "do": "stop"})
    question.refresh_from_db()

    assert '<progress max="100" value="67"' in shown
    assert (stopped["Location"], question.is_to_stop) == (page, True)
    TrialQuestion.objects.update(state="stopped")
    assert "This was stopped before it was worked out." in body(client.get(page))
    assert client.post("/admin/trials/holdout/?asked=9", {"do": "stop", "site": "shop"}).status_code == 302


def test_the_page_of_the_holdout_shows_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    client = client_of("analyst")
    now = datetime.now(UTC)
    estimate = {"n": 400, "value": 0.1, "variance": 0.09, "events": 40}
    TrialQuestion.objects.create(
        site_id=1, kind="holdout", given=GIVEN, state="done", created_at=now, told_at=now,
        answer={
            "since": now.isoformat(), "until": now.isoformat(), "percent": 20.0, "p": 0.001,
            "arms": {"held": estimate, "others": estimate | {"value": 0.2}}, "difference": 0.1,
            "interval": [0.05, 0.15], "is_sure": True, "lift": 1.0, "lift_interval": [0.4, 2.0],
        },
    )  # fmt: skip
    page = "/admin/trials/holdout/"

    asked = client.post(page, GIVEN | {"site": "shop"})
    shown = body(client.get(asked["Location"]))

    assert TrialQuestion.objects.count() == 1
    assert "Everybody else surely does it more than those who are held out." in shown
    assert "+5.00 points to +15.00 points" in shown
    assert "What is compared" in body(client.get(page))
