"""Trials and flags that go along when a site moves: whoever was dealt an arm keeps it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zoco.kit.periods import micros
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import book
from zoco.monitor.services import goal_create
from zoco.moving.parts import PARTS, rows_of, rows_take
from zoco.moving.taking import portions_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.trials.analysis.runs import RunWrong, run_begin
from zoco.trials.deciding import dealer, dealt_arm, dealt_kept, decided
from zoco.trials.designs import Metric
from zoco.trials.flags.evaluating import evaluated
from zoco.trials.flags.models import Flag
from zoco.trials.flags.rules import Rule, Variant
from zoco.trials.flags.services import flag_make
from zoco.trials.keeping import moving
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.models import Trial
from zoco.trials.services import trial_conclude, trial_start, trial_stop
from zoco.trials.sharing import midnight_after, shares_set
from zoco.trials.tests.simulated import DAY, MONEY, SIGNED, START, draft, running, site_made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sites() -> Iterator[None]:
    site_made()
    Site.objects.create(pk=2, slug="there", name="There", zone="Europe/Madrid", currency="EUR")
    goal_create(site=2, name="Sign up", kind="event", event="sign up")
    reads.forget()
    yield
    reads.forget()


def test_a_trial_that_is_over_comes_with_its_arms_and_what_was_learnt(tmp_path: Path) -> None:
    over = running([SIGNED, MONEY], layer="page", share_percent=50)
    trial_stop(trial=over.pk, at=START + DAY)
    trial_conclude(trial=over.pk, outcome_arm="b", learnt="Shorter wins.")
    draft(key="later")
    running(key="now")
    part = PARTS.get("trials")

    rows = list(rows_of(part, 1))
    first, second = rows_take(part, 2, rows), rows_take(part, 2, rows)

    assert (first.added, first.refused, second.added, second.there) == (2, [], 0, 2)
    assert {each.key for each in Trial.objects.filter(site=2)} == {"headline", "later"}
    there = Trial.objects.get(site=2, key="headline")
    over.refresh_from_db()
    assert decided(there, 5).arm == "b"
    assert (there.learnt, there.state, there.started_at) == ("Shorter wins.", "stopped", START)
    assert there.metrics_planned == over.metrics_planned
    assert [dealt_arm(there, each) for each in range(1, 500)] == [
        dealt_arm(over, each) for each in range(1, 500)
    ]


def test_a_flag_deals_on_as_before_and_one_with_an_audience_is_refused() -> None:
    variants, chosen = (
        (Variant("on", "true"), Variant("off", "false")),
        {"off_variant": "off", "name": "Basket"},
    )
    chosen["default_variant"] = "off"
    for key, rule, unit in (
        ("basket", Rule("on", 30.0), "visitor"),
        ("testers", Rule("on", audience=3), "person"),
    ):
        flag_make(
            site=1, key=key, variants=variants, rules=(rule,), at=START, is_on=True, unit=unit, **chosen
        )
    part = PARTS.get("flags")

    found = rows_take(part, 2, list(rows_of(part, 1)))

    here, there = Flag.objects.get(site=1, key="basket"), Flag.objects.get(site=2)
    assert found.added == 1
    assert len(found.refused) == 1
    both = [
        [evaluated(each, unit, {}, lambda *_: False).arm for unit in range(1, 500)] for each in (here, there)
    ]
    assert both[0] == both[1]
    assert both[0].count("on") > 100


@pytest.mark.parametrize("unit", ["browser", "person"])
def test_a_bandit_comes_with_whom_it_dealt_on_which_day(
    unit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(moving, "ROW_UNITS", 30)
    metric = Metric("Revenue", "revenue", "primary", share=0.99)
    bandit = draft([metric], unit=unit, deals="bandit", decides="fixed", ends_on=START.date() + 3 * DAY)
    over = trial_start(trial=bandit.pk, at=START)
    numbers = [2**62 + each for each in range(40)]
    first = {each: dealt_arm(over, each, micros(START)) for each in numbers}
    midnight = midnight_after(over, START)
    assert shares_set(trial=over.pk, shares={"a": 0.1, "b": 0.9}, since=midnight, at=START)
    over.refresh_from_db()
    later = {each: dealt_arm(over, each, micros(midnight)) for each in range(1, 41)}
    trial_stop(trial=over.pk, at=START + 2 * DAY)
    parts = [PARTS.get("trials"), PARTS.get("units of bandits")]
    (tmp_path / "keys").mkdir()
    gone: dict[str, Any] = {"visitors" if unit == "browser" else "persons": (numbers[0],)}
    book(tmp_path).add(Erasure(at=micros(START), site=0, **gone))

    rows = [json.loads(json.dumps([*rows_of(part, 1)])) for part in parts]
    took = [rows_take(part, 2, some) for part, some in zip(parts, rows, strict=True)]
    again = rows_take(parts[1], 2, rows[1])

    assert [(each.added, each.refused) for each in took] == [(1, []), (4, [])]
    assert (again.added, again.there, again.refused) == (0, 4, [])
    there = Trial.objects.get(site=2)
    deal = dealer(there)
    del first[numbers[0]]
    assert {each: deal(each, None) for each in first | later} == first | later
    assert deal(numbers[0], None) is None
    assert TrialUnit.objects.filter(trial=there, batch=1).count() == 40
    assert run_begin(trial=there, at=START + 3 * DAY).is_open


def moved_bandit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, units: int) -> list[dict[str, Any]]:
    """Return the rows, of two units each, of a bandit that is over and is there already without its units."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(moving, "ROW_UNITS", 2)
    metric = Metric("Revenue", "revenue", "primary", share=0.99)
    bandit = draft([metric], unit="browser", deals="bandit", decides="fixed", ends_on=START.date() + 3 * DAY)
    over = trial_start(trial=bandit.pk, at=START)
    dealt_kept(over, range(1, units + 1), micros(START))
    trial_stop(trial=over.pk, at=START + 2 * DAY)
    (tmp_path / "keys").mkdir()
    rows_take(PARTS.get("trials"), 2, [*rows_of(PARTS.get("trials"), 1)])
    return [*rows_of(PARTS.get("units of bandits"), 1)]


def test_a_bandit_that_became_full_comes_whole_and_its_last_row_may_come_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(moving, "UNITS_MOST", 4)
    part, rows = PARTS.get("units of bandits"), moved_bandit(monkeypatch, tmp_path, 5)

    took, again = (rows_take(part, 2, some) for some in (rows, rows[-1:]))

    assert (took.added, took.there, took.refused) == (3, 0, [])
    assert (again.added, again.there, again.refused) == (0, 1, [])
    there = Trial.objects.get(site=2)
    assert TrialUnit.objects.filter(trial=there).count() == 5
    assert run_begin(trial=there, at=START + 3 * DAY).is_open


def test_a_bandit_that_does_not_fit_has_no_units_and_no_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(moving, "UNITS_MOST", 4)
    part, rows = PARTS.get("units of bandits"), moved_bandit(monkeypatch, tmp_path, 7)

    took = rows_take(part, 2, rows)

    assert (took.added, len(took.refused)) == (0, 4)
    assert "would keep more than 4 units; it has no figures here" in took.refused[0]
    there = Trial.objects.get(site=2)
    assert not TrialUnit.objects.filter(trial=there).exists()
    with pytest.raises(RunWrong, match="not known here any more"):
        run_begin(trial=there, at=START + 3 * DAY)


@pytest.mark.parametrize("lost", [1, 2], ids=["between", "at the end"])
def test_a_bandit_of_which_a_row_does_not_come_has_no_figures(
    lost: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    part, rows = PARTS.get("units of bandits"), moved_bandit(monkeypatch, tmp_path, 5)
    some = rows[:lost] + rows[lost + 1 :]

    took = rows_take(part, 2, some)

    assert len(took.refused) == (1 if lost == 1 else 0)
    there = Trial.objects.get(site=2)
    assert TrialUnit.objects.filter(trial=there).exists()
    with pytest.raises(RunWrong, match="Not everybody whom this bandit dealt came along"):
        run_begin(trial=there, at=START + 3 * DAY)
    assert [*moving.units_packed(2)] == []
    assert rows_take(part, 2, rows).refused == []
    there.refresh_from_db()
    assert run_begin(trial=there, at=START + 3 * DAY).is_open


def test_units_are_read_once_and_taken_a_row_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = moved_bandit(monkeypatch, tmp_path, 5)
    assert portions_of({"parts": {"units of bandits": rows}}) == len(rows) == 3
    TrialUnit.objects.filter(unit__lte=2).update(batch=1)

    with CaptureQueriesContext(connection) as packing:
        assert [(each["batch"], each["at"], each["whole"]) for each in moving.units_packed(1)] == [
            (0, 0, 5), (0, 2, 5), (1, 3, 5),
        ]  # fmt: skip
    with CaptureQueriesContext(connection) as taking:
        rows_take(PARTS.get("units of bandits"), 2, rows[:1])

    of_units = [each["sql"] for each in packing.captured_queries if "trialunit" in each["sql"]]
    assert len([each for each in of_units if "COUNT" not in each]) == 1
    assert not [each["sql"] for each in taking.captured_queries if "COUNT" in each["sql"]]


def test_units_that_no_bandit_dealt_are_refused() -> None:
    over = running([SIGNED])
    trial_stop(trial=over.pk, at=START + DAY)
    part = PARTS.get("units of bandits")
    wrong: list[dict[str, Any]] = [
        {"units": "AAAAAAAAAAA="},
        {"trial": "nothing"},
        {"batch": -1},
        {"units": "?"},
        {"units": ""},
        {"at": -1},
        {"whole": 0},
    ]
    whole = {"trial": "headline", "batch": 0, "units": "AQAAAAAAAAA=", "at": 0, "whole": 1}
    wrong = [{"trial": "headline"}, whole, *(whole | each for each in wrong)]

    found = rows_take(part, 1, wrong)

    assert (found.added, found.there, len(found.refused)) == (0, 0, len(wrong))
    assert not TrialUnit.objects.exists()


def test_what_no_trial_is_made_of_is_refused() -> None:
    draft()
    part = PARTS.get("trials")
    (row,) = rows_of(part, 1)
    wrong: list[dict[str, Any]] = [
        {"arms": []},
        {"metrics": [{}]},
        {"state": "running"},
        {"batches": [1]},
        {"unit": "nobody"},
    ]

    found = rows_take(part, 2, [row | {"key": f"k{at}"} | each for at, each in enumerate(wrong)])

    assert (found.added, len(found.refused)) == (0, len(wrong))
