"""Many units dealt at once get what each is dealt alone, on whatever edge it stands."""

from typing import Any

import numpy as np
import pytest

from zoco.trials.analysis import dealing
from zoco.trials.analysis.dealing import dealt_each
from zoco.trials.analysis.units import held_by
from zoco.trials.choices import Deals
from zoco.trials.deciding import dealer
from zoco.trials.designs import ArmPlan, kept_of
from zoco.trials.models import Trial
from zoco.trials.shares import SharesSet, shares_kept

THREE = (ArmPlan("a", weight=1 / 3), ArmPlan("b", weight=0.1), ArmPlan("c", weight=0.7))
BATCHES = [
    shares_kept(SharesSet(1_000, {"a": 0.5, "b": 0.25, "c": 0.25})),
    shares_kept(SharesSet(2_000, {"c": 0.9, "b": 0.1})),
]
DESIGNS: dict[str, dict[str, Any]] = {
    "whole": {},
    "a share, and a tenth held out": {"share_percent": 30.0, "holdout_percent": 10.0},
    "a part of a layer": {"layer": "home", "layer_from": 20.0, "share_percent": 45.0},
    "a bandit": {"deals": Deals.BANDIT, "batches": BATCHES},
}


@pytest.mark.parametrize("design", DESIGNS)
def test_all_at_once_get_what_each_gets_alone(design: str) -> None:
    trial = Trial(site_id=3, key="spring", arms=kept_of(THREE), **DESIGNS[design])
    draw = np.random.default_rng(4)
    units = np.concatenate([[1, 9, 10, (1 << 63) - 1], draw.integers(1, 1 << 62, 3_000)])
    at = draw.integers(0, 3_000, len(units))
    keys = ("c", "a", "b")

    found = dealt_each(trial, keys, units, at)

    deal = dealer(trial)
    alone = [deal(*each) for each in zip(units.tolist(), at.tolist(), strict=True)]
    assert [keys[place] if place >= 0 else None for place in found.tolist()] == alone
    assert set(alone) == {"a", "b", "c"} | ({None} if "a " in design and "bandit" not in design else set())
    # An arm that nobody asks for is none.
    fewer = dealt_each(trial, ("b",), units, at)
    assert fewer.tolist() == [0 if each == "b" else -1 for each in alone]


def test_whoever_stands_on_an_edge_gets_the_arm_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(site_id=3, key="spring", arms=kept_of((ArmPlan("a"), ArmPlan("b", weight=3.0))))
    places = np.array([0.0, np.nextafter(0.25, 0), 0.25, np.nextafter(1.0, 0)])
    monkeypatch.setattr(dealing, "placed", lambda *_asked: places)

    found = dealt_each(trial, ("a", "b"), np.arange(4), np.zeros(4, dtype=np.int64))

    assert found.tolist() == [0, 0, 1, 1]


def test_units_are_found_among_others() -> None:
    others, nobody = np.array([2, 5, 9]), np.array([], dtype=np.int64)

    assert held_by(np.array([1, 2, 6, 9, 10]), others).tolist() == [False, True, False, True, False]
    assert held_by(np.array([1]), nobody).tolist() == [False]
    assert held_by(nobody, others).tolist() == []
