"""Alarms over the simulated company with faults in it: found in time, named right, and quiet else."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from zoco.kit.periods import moment_at
from zoco.ledger.store import opening
from zoco.monitor.alarms.detecting import Unknown, look
from zoco.monitor.alarms.usual import rule_of
from zoco.testing.company import Plan
from zoco.testing.company.replay import company_spoil, cubes_read, faults_drawn, replayed
from zoco.testing.company.scoring import Score, scored

pytestmark = pytest.mark.timeout(300)
HISTORY, EVERY = 42, 5
KINDS = [
    ("stop", "", "", 1.0),
    ("tracker", "path", "/es/producto/", 1.0),
    ("falls", "channel", "organic_search", 0.9),
    ("falls", "country", "ES", 0.9),
    ("falls", "browser", "Mobile Safari", 0.9),
    ("not_found", "", "/es/oferta/", 0.3),
    ("bots", "", "NewBot", 2.0),
    ("spam", "", "win.example", 1.5),
    ("conversion", "", "", 1.0),
]
SEEDS = (11, 23)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    found = []
    for seed in SEEDS:
        folder: Path = tmp_path_factory.mktemp(f"seed{seed}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ZOCO_DATA", str(folder))
            opening.close()
            found.append(_one(seed, folder))
            opening.close()
    return found


def _one(seed: int, folder: Path) -> Score:
    days = HISTORY + EVERY * len(KINDS) + 3
    plan = Plan(
        site=1, until=datetime(2026, 7, 12, 21, tzinfo=UTC), visitors=137 * days, days=days, seed=seed
    )
    faults = faults_drawn(plan, HISTORY, KINDS, EVERY)
    truth = company_spoil(plan, faults, folder / "spool")
    store = opening.store()
    store.drain()
    cubes, rule = cubes_read(plan, store), rule_of("fall")
    assert rule is not None
    assert isinstance(look(cubes["visits"], 24 * 10, rule), Unknown)
    episodes = replayed(cubes, HISTORY * 24, 4)
    stop = next(
        cubes["facts"].hour_at(moment_at(each.begins), plan.zone) for each in faults if each.kind == "stop"
    )
    assert any(each.kind == "silence" and stop < each.opened <= stop + 14 for each in episodes)
    return scored(faults, episodes, cubes["visits"], plan, truth, HISTORY * 24)


def test_faults_are_found_in_time_named_right_and_little_else_is_told(scores: list[Score]) -> None:
    whole = sum(scores[1:], scores[0])
    told = [f"{fault.kind} {fault.column} {after} {is_right}" for fault, after, is_right in whole.found]
    in_time = np.mean([after >= 0 for _, after, _ in whole.found])
    right = np.mean([is_right for _, _, is_right in whole.found])

    assert in_time >= 0.9, told
    assert right >= 0.8, told
    assert len(whole.false) / whole.weeks <= 1, whole.false
