"""Bandits of browsers and persons: whoever was dealt keeps his arm, counts with his day, goes when erased."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from zoco.ledger.erasing import facts_erase_again
from zoco.ledger.models import OutboxRow
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import book
from zoco.ledger.tests.reports.made import load
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.sites import reads
from zoco.stats.trials.bandits import Batch, compared, honest, shares_next
from zoco.trials.analysis import runs
from zoco.trials.deciding import dealer, dealt_arm, dealt_kept
from zoco.trials.designs import Metric
from zoco.trials.facts import SHOWN
from zoco.trials.keeping import erasing, services
from zoco.trials.keeping.erasing import UnitEraser
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.leaving import site_forget
from zoco.trials.models import Trial
from zoco.trials.services import trial_start, trial_stop, trials_finish
from zoco.trials.sharing import midnight_after, shares_set
from zoco.trials.tests.simulated import DAY, START, Visits, draft, site_made
from zoco.trials.tests.worked import store_of, worked_out

pytestmark = pytest.mark.django_db
REVENUE = Metric("Revenue", "revenue", "primary", share=0.99)
BANDIT: dict[str, Any] = {"deals": "bandit", "decides": "fixed", "ends_on": START.date() + timedelta(days=3)}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def begun(unit: str = "browser", **more: Any) -> Trial:
    return trial_start(trial=draft([REVENUE], unit=unit, **(BANDIT | more)).pk, at=START)


def us(at: datetime) -> int:
    return int(at.timestamp() * 1e6)


def to_b(trial: Trial) -> datetime:
    """Give nearly everything to b from the next midnight on; returns it."""
    midnight = midnight_after(trial, START)
    assert shares_set(trial=trial.pk, shares={"a": 0.1, "b": 0.9}, since=midnight, at=START)
    trial.refresh_from_db()
    return midnight


@pytest.mark.parametrize("unit", ["browser", "person"])
def test_whoever_was_dealt_keeps_his_arm_when_shares_move(unit: str) -> None:
    trial = begun(unit, holdout_percent=20)
    before = {each: dealt_arm(trial, each, us(START)) for each in range(1, 400)}
    late = us(to_b(trial))

    after = {each: dealt_arm(trial, each, late) for each in before}
    new = [dealt_arm(trial, each, late) for each in range(1_000, 1_400)]

    assert after == before
    inside = [arm for arm in before.values() if arm]
    assert 0.4 < inside.count("b") / len(inside) < 0.6
    assert new.count("b") > 0.85 * (new.count("a") + new.count("b"))
    assert 40 < list(before.values()).count(None) < 120
    assert TrialUnit.objects.filter(batch=0).count() == len(inside)
    assert dealt_kept(trial, [1, 2, 3], late) == {each: before[each] for each in (1, 2, 3) if before[each]}
    deal = dealer(trial)
    assert {each: deal(each, None) for each in before} == before
    assert deal(9_999, late) is None


def test_nobody_new_is_dealt_when_as_many_are_kept_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = begun()
    monkeypatch.setattr(services, "UNITS_MOST", 2)
    monkeypatch.setattr(services, "LOOK_EVERY", 1)

    first = [dealt_arm(trial, each, us(START)) for each in (1, 2)]
    trial.refresh_from_db()

    assert trial.is_full
    assert [dealt_arm(trial, each, us(START)) for each in (1, 2, 3)] == [*first, None]
    assert TrialUnit.objects.count() == 2


def test_two_bandits_that_deal_in_turn_are_both_held_to_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = begun(), begun(key="second")
    monkeypatch.setattr(services, "UNITS_MOST", 2)
    monkeypatch.setattr(services, "LOOK_EVERY", 4)

    for each in range(1, 7):
        for trial in (first, second):
            trial.refresh_from_db()
            dealt_arm(trial, each, us(START))

    kept = [TrialUnit.objects.filter(trial=trial).count() for trial in (first, second)]
    assert max(kept) <= 4, kept
    assert first.is_full
    assert second.is_full


def bought(rng: Random, arm: str) -> str:
    """Return what somebody pays, "" for nothing: b brings more."""
    return f"{rng.lognormvariate(3 if arm == 'a' else 3.6, 0.6):.2f}" if rng.random() < 0.25 else ""


def day_of(trial: Trial, day: int, rng: Random) -> tuple[Visits, dict[str, list[float]]]:
    """Return what 400 browsers that are new do on a day and the next, and what those of each arm pay."""
    visits, own = Visits(trial), dict[str, list[float]](a=[], b=[])
    for each in range(400):
        browser, came = day * 1_000 + each + 1, START + DAY * day + timedelta(minutes=each)
        arm = dealt_arm(trial, browser, us(came)) or ""
        # One in ten is dealt on its first day and sees it on the next: it counts with the first.
        seen = came + DAY if each % 10 == 0 and day < 3 else came
        visits.view(came, browser, known=browser)
        visits.shown(seen, browser, arm, known=browser)
        if amount := bought(rng, arm):
            visits.event(seen + timedelta(hours=1), browser, "order", amount, known=browser)
        own[arm].append(float(amount or 0))
    return visits, own


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_money_of_browsers_has_honest_figures_by_the_day_on_which_they_were_dealt(
    engine: str, tmp_path: Path
) -> None:
    store, trial, rng = store_of(engine, tmp_path), begun(), Random(4)
    paid: list[dict[str, list[float]]] = []
    for day in range(4):
        visits, own = day_of(trial, day, rng)
        load(tmp_path, visits.facts)
        paid.append(own)
        evening = datetime(START.year, START.month, START.day, 22, tzinfo=UTC) + DAY * day
        assert runs.share(trial=trial.pk, now=evening, store=store) is (day < 3)
        trial.refresh_from_db()
    store.drain()
    trials_finish(at=START + 6 * DAY)
    trial.refresh_from_db()

    result = worked_out(trial, store, START + 9 * DAY)
    store.close()

    kept, shares = result["metrics"][0], [dict(each.shares) for each in trial.batches_read]
    # The first three days hold 1,000 units: by them revenue is drawn in.
    first = [each for own in paid[:3] for arm in own.values() for each in arm]
    cap = float(np.quantile(first, 0.99, method="inverted_cdf"))
    batches = [batch_of(own, share, cap) for own, share in zip(paid, shares, strict=True)]
    assert kept["cap"] == pytest.approx(cap)
    assert [each["n"] for each in kept["batches"]] == [dict(each.n) for each in batches]
    assert kept["arms"]["b"]["value"] == pytest.approx(honest(["a", "b"], batches)["b"].value)
    assert kept["figures"]["b"]["interval"] == pytest.approx(compared("a", "b", batches).interval)
    assert [each["is_kept"] for each in result["checks"]] == [True] * 3
    assert result["verdict"]["winner"] == "b"
    assert shares[1] == {"a": 0.5, "b": 0.5}  # nobody's day was over
    assert shares[3]["b"] > 0.7


def batch_of(own: dict[str, list[float]], shares: dict[str, float], cap: float) -> Batch:
    drawn = {key: np.minimum(np.array(each), cap) for key, each in own.items()}
    return Batch(
        shares,
        {key: len(each) for key, each in drawn.items()},
        {key: float(each.sum()) for key, each in drawn.items()},
        {key: float((each**2).sum()) for key, each in drawn.items()},
        {key: int(np.count_nonzero(each)) for key, each in drawn.items()},
    )


def test_programs_ask_for_persons_and_tell_who_saw_the_arm_that_was_kept() -> None:
    now = datetime.now(UTC)
    trial = trial_start(
        trial=draft(
            [REVENUE], unit="person", deals="bandit", decides="fixed", ends_on=now.date() + 5 * DAY
        ).pk,
        at=now,
    )
    rows = [Person.objects.create(name=f"P{each}", created_at=now, changed_at=now) for each in range(4)]
    persons, numbers = [each.pk for each in rows], [each.number for each in rows]
    client = client_of("owner")

    first = client.post(
        "/api/ofrep/v1/evaluate/flags/headline?site=shop",
        {"context": {"targetingKey": str(persons[0])}}, content_type="application/json",
    ).json()  # fmt: skip
    told = client.post(
        "/api/trials/headline/shown?site=shop",
        {"persons": [*persons, 77_777]},
        content_type="application/json",
    ).json()
    nobody = client.post(
        "/api/ofrep/v1/evaluate/flags/headline?site=shop",
        {"context": {"targetingKey": "88888"}}, content_type="application/json",
    ).json()  # fmt: skip

    assert (nobody["reason"], nobody["metadata"]["counts"]) == ("DEFAULT", False)
    assert first["reason"] == "SPLIT"
    assert told == {"recorded": 4, "unknown": 1}
    assert set(TrialUnit.objects.values_list("unit", flat=True)) == set(numbers)
    seen = [json.loads(each.fact) for each in OutboxRow.objects.order_by("pk") if each.name == SHOWN]
    assert {each["person"]: each["props"]["arm"] for each in seen}[numbers[0]] == first["variant"]
    assert dealer(trial)(numbers[3], None) in ("a", "b")


def rows() -> list[tuple[str, int]]:
    """Return whom bandits keep."""
    return [*TrialUnit.objects.order_by("trial__key", "unit").values_list("trial__key", "unit")]


def test_whoever_was_erased_is_found_in_pieces_when_a_backup_brings_him_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(erasing, "READ_AT_ONCE", 2)
    browsers, persons = begun(), begun("person", key="people")
    for each in range(1, 6):
        dealt_arm(browsers, each, us(START))
        dealt_arm(persons, each, us(START))
    (tmp_path / "keys").mkdir()
    erased = book(tmp_path)
    erased.add(Erasure(at=us(START), site=0, visitors=(5, 9), persons=(1, 4)))
    erased.add(Erasure(at=us(START), site=2, visitors=(2,)))

    gone = facts_erase_again(book=erased)

    assert gone.rows["units of bandits"] == 3
    assert rows() == [
        *(("headline", each) for each in (1, 2, 3, 4)), *(("people", each) for each in (2, 3, 5)),
    ]  # fmt: skip


def test_whoever_is_erased_goes_from_bandits_and_over_ones_go_with_the_facts() -> None:
    browsers, persons = begun(), begun("person", key="people")
    for each in (7, 8):
        dealt_arm(browsers, each, us(START))
        dealt_arm(persons, each, us(START))
    eraser = UnitEraser()
    assert rows() == [("headline", 7), ("headline", 8), ("people", 7), ("people", 8)]
    assert eraser.held(Erasure(at=0, site=1, visitors=(7,), persons=(8,))) == [
        "trial headline, dealt in batch 0", "trial people, dealt in batch 0",
    ]  # fmt: skip
    assert eraser.held(Erasure(at=0, site=2, visitors=(7,), persons=(8,))) == []

    gone = eraser.erase(Erasure(at=us(START + DAY), site=0, visitors=(7,), persons=(8,)))

    assert gone == 2
    assert eraser.erase(Erasure(at=us(START), site=2, visitors=(8,), persons=(7,))) == 0
    assert rows() == [("headline", 8), ("people", 7)]
    trial_stop(trial=browsers.pk, at=START + DAY)
    browsers.refresh_from_db()
    assert runs.run_begin(trial=browsers, at=START + DAY).is_open
    site_forget(1, START + 2 * DAY)
    assert rows() == [("people", 7)]
    with pytest.raises(runs.RunWrong, match="not known here any more"):
        runs.run_begin(trial=browsers, at=START + 2 * DAY)


def test_means_share_out_by_one_spread_and_money_is_summed_to_the_cent() -> None:
    amounts = [Decimal("10.10"), Decimal("20.20"), Decimal("30.30")]
    own = {"a": [float(each) for each in amounts] * 50, "b": [float(each) * 2 for each in amounts] * 50}

    shares = shares_next(["a", "b"], [batch_of(own, {"a": 0.5, "b": 0.5}, 1e9)])

    assert shares == pytest.approx({"a": 0.1, "b": 0.9}, abs=1e-6)
    assert shares_next(["a", "b"], [batch_of({"a": [1.0], "b": [2.0]}, {"a": 0.5, "b": 0.5}, 9)]) == {
        "a": 0.5, "b": 0.5,
    }  # fmt: skip
