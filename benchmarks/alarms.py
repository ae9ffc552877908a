"""Alarms over the simulated company with faults: found in two days, named right, false ones a week.

Beside it, by how many are expected in the two days, what was found of that which could be told at all: where
a test that knows part and hours finds it with a power of a half at one chance in a thousand. And how often
each care was said to tell, by the weeks before, against the weeks that then came.

One company a seed, a fault each week after nine weeks of history, parts and shares drawn by the seed.

    python -m benchmarks.alarms --seeds 1-7          eleven faults a seed; two to five minutes of CPU each
    python -m benchmarks.alarms --seeds 1 3 --keep /tmp/counts

With `--keep` the counts of each seed stay in a folder, from which another run takes them. The bounds: at
least .9 of the faults found within two days, .8 named right, at most .5 false alarms a series and week, and
what was expected within the interval of what then came. Shares with Wilson's interval, rates with Garwood's.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from zoco.monitor.alarms.cube import Cube
    from zoco.testing.company import Plan
    from zoco.testing.company.faults import Fault
    from zoco.testing.company.replay import Episode
    from zoco.testing.company.scoring import Score

HISTORY, EVERY, STEP = 63, 7, 1
KINDS, WEEKS = 11, 4
DAYS = HISTORY + EVERY * KINDS + 3
TWO_DAYS = 48
FOUND_LEAST, RIGHT_LEAST, FALSE_MOST, LEVEL = 0.9, 0.8, 0.5, 0.95
SIZES = (0, 30, 100, float("inf"))
CHANNELS = ("organic_search", "direct", "organic_social", "email")
COUNTRIES = ("ES", "GB", "RU", "CN", "US", "MX")
BROWSERS = ("Chrome Mobile", "Mobile Safari", "Chrome", "Edge")
PAGES = ("/es/producto/", "/en/producto/", "/zh/")
Calibration = dict[str, tuple[int, int]]


def kinds(rng: np.random.Generator) -> list[tuple[str, str, str, float]]:
    """Draw the parts that are hit, and how hard."""

    def one(values: tuple[str, ...]) -> str:
        return values[int(rng.integers(len(values)))]

    return [
        ("stop", "", "", 1.0),
        ("tracker", "path", one(PAGES), 1.0),
        ("falls", "channel", one(CHANNELS), float(rng.uniform(0.7, 1.0))),
        ("falls", "country", one(COUNTRIES), float(rng.uniform(0.7, 1.0))),
        ("falls", "browser", one(BROWSERS), float(rng.uniform(0.7, 1.0))),
        ("not_found", "", "/es/oferta/", float(rng.uniform(0.2, 0.5))),
        ("bots", "", "NewBot", float(rng.uniform(1.0, 3.0))),
        ("spam", "", "win.example", float(rng.uniform(0.3, 2.0))),
        ("conversion", "", "", float(rng.uniform(0.8, 1.0))),
        ("step", "", "", float(rng.uniform(0.8, 1.0))),
        ("step", "browser", one(BROWSERS[:2]), 1.0),
    ]


def main(seeds: list[int], until: datetime, share: float, keep: Path | None) -> bool:
    """Replay and print; say whether the bounds were kept."""
    from zoco.testing.company import Plan
    from zoco.testing.company.replay import COUNTED, FURTHER, replayed
    from zoco.testing.company.scoring import scored

    series = len(COUNTED) + len(FURTHER)
    whole: Score | None = None
    sizes: list[tuple[float, float, bool]] = []
    came: Calibration = {}
    for seed in seeds:
        plan = Plan(site=1, until=until, visitors=int(137 * share * DAYS), days=DAYS, seed=seed)
        faults, truth, cubes = _counted(plan, keep)
        episodes = replayed(cubes, HISTORY * 24, STEP, further=FURTHER)
        score = scored(faults, episodes, cubes["visits"], plan, truth, HISTORY * 24)
        whole = score if whole is None else whole + score
        sizes += _told(score, cubes, plan)
        later = sum(each.is_later for each in episodes)
        print(f"seed {seed}  told {len(episodes)}, {later} of them of an incident that was open", flush=True)
        _is_kept(f"seed {seed}", score, series)
        its = _calibrated(cubes, episodes)
        came = {name: tuple(np.add(came.get(name, (0, 0)), both)) for name, both in its.items()}
    if whole is None:
        return True
    _print_sizes(sizes)
    is_kept = _is_kept(f"all {len(seeds)} seeds", whole, series)
    return all([is_kept, *(_is_calibrated(name, *both) for name, both in came.items())])


def _counted(plan: Plan, keep: Path | None) -> tuple[list[Fault], Any, dict[str, Cube]]:
    """Return the faults of a company, what is true of it, and what alarms count of it."""
    from zoco.ledger.store import opening
    from zoco.monitor.alarms.cube import Cube
    from zoco.monitor.alarms.watched import measure_named
    from zoco.testing.company.replay import FURTHER, company_spoil, cubes_read, faults_drawn

    name = f"{plan.seed}.pickle" if plan.visitors == 137 * DAYS else f"{plan.seed}-{plan.visitors}.pickle"
    kept = keep / name if keep else None
    if kept is not None and kept.exists():
        found = pickle.loads(kept.read_bytes())
        cubes = {
            key: Cube(measure_named(key), first, total, cuts, unit)
            for key, (first, unit, total, cuts) in found["cubes"].items()
        }
        return found["faults"], found["truth"], cubes
    faults = faults_drawn(plan, HISTORY, kinds(np.random.default_rng([plan.seed, 97])), EVERY)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZOCO_DATA"] = folder
        truth = company_spoil(plan, faults, Path(folder) / "spool")
        store = opening.store()
        store.drain()
        cubes = cubes_read(plan, store, further=FURTHER)
        opening.close()
    if kept is not None:
        counts = {key: (each.first, each.unit, each.total, each.cuts) for key, each in cubes.items()}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps({"faults": faults, "truth": truth, "cubes": counts}))
    return faults, truth, cubes


def _calibrated(cubes: dict[str, Cube], episodes: list[Episode]) -> Calibration:
    """Return of each care how many incidents were to be expected in four weeks, and how many then came.

    What came is counted as what was expected is; and at the usual care also as the worker opens them.
    """
    from zoco.monitor.alarms.before.replaying import raised
    from zoco.monitor.alarms.running import given_of
    from zoco.testing.company.replay import COUNTED, FURTHER

    middle, end = (HISTORY + 7 * WEEKS) * 24, (HISTORY + 14 * WEEKS) * 24
    found: Calibration = dict.fromkeys(("calm", "usual", "keen"), (0, 0))
    for kind, measure in (*COUNTED, *FURTHER):
        given = given_of(cubes[measure], kind)
        other = cubes[given] if given else None
        before, after = (raised(kind, cubes[measure], other, at, WEEKS) for at in (middle, end))
        found = {care: (both[0] + before[care], both[1] + after[care]) for care, both in found.items()}
    worked = [each for each in episodes if not each.is_later and each.kind != "silence"]
    opened = sum(middle < each.opened <= end for each in worked)
    return found | {"usual, by the worker": (found["usual"][0], opened)}


def _is_calibrated(name: str, expected: int, came: int) -> bool:
    """Print how many came of those expected; the interval is that of a share of both, given their sum."""
    from zoco.stats.proportions import wilson

    if not came or not expected:
        print(f"{name}: expected {expected}, came {came}: too few to say more")
        return True
    low, high = wilson(float(came), float(came + expected))
    bounds = low / (1 - low), high / (1 - high)
    is_kept = bounds[0] <= 1 <= bounds[1]
    ratio = f"{came / expected:.2f} ({bounds[0]:.2f} to {bounds[1]:.2f}), 1 asked: {_said(is_kept)}"
    print(f"{name}: expected {expected} in {WEEKS} weeks by the {WEEKS} before, came {came}: {ratio}")
    return is_kept


def _told(score: Score, cubes: dict[str, Cube], plan: Plan) -> list[tuple[float, float, bool]]:
    """Print what became of each fault; return how many were expected, the power, and whether it was found."""
    from zoco.testing.company.visible import visible

    found = []
    for fault, after, is_right in score.found:
        begins = cubes["visits"].hour_at(datetime.fromtimestamp(fault.begins / 1_000_000, UTC), plan.zone)
        seen = visible(fault, cubes, begins)
        found.append((*seen, 0 <= after <= TWO_DAYS))
        _print(fault, after, is_right, seen, plan.seed)
    for each in score.false:
        measure = each.found[0][1].measure
        kind = f"{each.kind}, later" if each.is_later else each.kind
        print(f"seed {plan.seed}  false: {kind} {measure} {each.found[0][1]}", flush=True)
    return found


def _print(fault: Fault, after: int, is_right: bool, seen: tuple[float, float], seed: int) -> None:
    named = "named right" if is_right else "NOT NAMED"
    when = f"after {after} h" if after >= 0 else "NOT FOUND"
    size, power = seen
    print(
        f"seed {seed}  {fault.kind:10} {fault.column:8} {fault.value:16} {when:12} {named:12}"
        f" expected {size:.0f} power {power:.2f}",
        flush=True,
    )


def _print_sizes(sizes: list[tuple[float, float, bool]]) -> None:
    for least, most in pairwise(SIZES):
        its = [found for size, _power, found in sizes if least <= size < most]
        if its:
            print(f"expected {least:.0f} to {most:.0f}: {sum(its)} of {len(its)} within two days")
    waves = [found for size, _power, found in sizes if size == float("inf")]
    print(f"waves and silence: {sum(waves)} of {len(waves)}")
    could = [found for _size, power, found in sizes if power >= 0.5]
    print(f"of {len(could)} that could be told {sum(could)}, of {len(sizes) - len(could)} others "
          f"{sum(found for _s, power, found in sizes if power < 0.5)}")  # fmt: skip


def _is_kept(name: str, score: Score, series: int) -> bool:
    """Print the three figures that are asked for, with their intervals; say whether all are kept."""
    from zoco.stats.compound import count_bounds
    from zoco.stats.proportions import wilson

    count, kept = len(score.found), []
    in_time = sum(0 <= after <= TWO_DAYS for _fault, after, _right in score.found)
    right = sum(is_right for _fault, _after, is_right in score.found)
    for words, many, least in (
        ("found within two days", in_time, FOUND_LEAST), ("named right", right, RIGHT_LEAST)
    ):  # fmt: skip
        low, high = wilson(float(many), float(count))
        kept.append(many / count >= least)
        print(f"{name}: {words} {many} of {count}: {many / count:.3f} ({low:.3f} to {high:.3f}), "
              f"{least} asked: {_said(kept[-1])}")  # fmt: skip
    exposed, false = score.weeks * series, len(score.false)
    low, high = (each / exposed for each in count_bounds(false, LEVEL))
    kept.append(false / exposed <= FALSE_MOST)
    rate = f"{false / exposed:.3f} ({low:.3f} to {high:.3f}) a series and week, at most {FALSE_MOST} asked"
    words = f"false alarms {false} in {score.weeks:.1f} weeks of {series} series"
    print(f"{name}: {words}: {rate}: {_said(kept[-1])}", flush=True)
    return all(kept)


def _said(is_kept: bool) -> str:
    return "KEPT" if is_kept else "NOT KEPT"


def _seeds(given: list[str]) -> list[int]:
    """Return the seeds of ranges and single ones: "1-3", "7"."""
    found: list[int] = []
    for each in given:
        first, _dash, last = each.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def _asked() -> argparse.Namespace:
    words = (__doc__ or "").split("\n", 1)[0]
    parser = argparse.ArgumentParser(prog="benchmarks.alarms", description=words)
    parser.add_argument("some", nargs="*", metavar="SEED", help="seeds or ranges of them, as 1-5 7")
    parser.add_argument("--seeds", nargs="+", default=[], help="the same; 1-5 where none is given")
    parser.add_argument("--last", default="2026-07-12", help="the last day of the company")
    parser.add_argument("--share", type=float, default=1.0, help="visits, as a share of the small shop")
    parser.add_argument("--keep", type=Path, help="a folder for the counts of each seed, to go on from")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    import django

    asked = _asked()
    with tempfile.TemporaryDirectory() as started:
        os.environ.setdefault("ZOCO_DATA", started)
        django.setup()
        ends = datetime.fromisoformat(f"{asked.last}T21:00").replace(tzinfo=UTC)
        seeds = _seeds([*asked.some, *asked.seeds] or ["1-5"])
        sys.exit(0 if main(seeds, ends, asked.share, asked.keep) else 1)
