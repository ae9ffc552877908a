"""Alarms over the simulated company with faults: found in two days, named right, false ones a week.

Beside it, by how many are expected in the two days, what was found of that which could be told at all: where
a test that knows part and hours finds it with a power of a half at one chance in a thousand.

One company a seed, a fault each week after nine weeks of history, parts and shares drawn by the seed.
Run: `.venv/bin/python -m benchmarks.alarms [seeds] [last day] [visits a day as a share of the small shop]`;
seeds are those of a range, as 1-5, or one.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zoco.monitor.alarms.cube import Cube
    from zoco.testing.company import Plan
    from zoco.testing.company.faults import Fault
    from zoco.testing.company.replay import Score

HISTORY, EVERY, STEP = 63, 7, 1
TWO_DAYS = 48
SIZES = (0, 30, 100, float("inf"))
CHANNELS = ("organic_search", "direct", "organic_social", "email")
COUNTRIES = ("ES", "GB", "RU", "CN", "US", "MX")
BROWSERS = ("Chrome Mobile", "Mobile Safari", "Chrome", "Edge")
PAGES = ("/es/producto/", "/en/producto/", "/zh/")


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


def main(seeds: range, last: str, share: float) -> None:
    """Replay and print."""
    from zoco.ledger.store import opening
    from zoco.testing.company import Plan
    from zoco.testing.company.replay import (
        COUNTED,
        FURTHER,
        company_spoil,
        cubes_read,
        faults_drawn,
        replayed,
        scored,
    )

    days = HISTORY + EVERY * 11 + 3
    until = datetime.fromisoformat(f"{last}T21:00").replace(tzinfo=UTC)
    whole = None
    sizes: list[tuple[float, float, bool]] = []
    for seed in seeds:
        plan = Plan(site=1, until=until, visitors=int(137 * share * days), days=days, seed=seed)
        faults = faults_drawn(plan, HISTORY, kinds(np.random.default_rng([seed, 97])), EVERY)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ZOCO_DATA"] = folder
            truth = company_spoil(plan, faults, Path(folder) / "spool")
            store = opening.store()
            store.drain()
            cubes = cubes_read(plan, store, further=FURTHER)
            opening.close()
        episodes = replayed(cubes, HISTORY * 24, STEP, further=FURTHER)
        score = scored(faults, episodes, cubes["visits"], plan, truth, HISTORY * 24)
        whole = score if whole is None else whole + score
        sizes += _told(score, cubes, plan)
    if whole is not None:
        _print_whole(whole, len(COUNTED) + len(FURTHER))
        _print_sizes(sizes)


def _told(score: "Score", cubes: "dict[str, Cube]", plan: "Plan") -> list[tuple[float, float, bool]]:
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
        print(f"seed {plan.seed}  false: {each.kind} {measure} {each.found[0][1]}", flush=True)
    return found


def _print(fault: "Fault", after: int, is_right: bool, seen: tuple[float, float], seed: int) -> None:
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


def _print_whole(whole: "Score", series: int) -> None:
    in_time = np.mean([0 <= after <= TWO_DAYS for _, after, _ in whole.found])
    right = np.mean([is_right for _, _, is_right in whole.found])
    print(f"faults {len(whole.found)}  found within two days {in_time:.2f}  named right {right:.2f}")
    rate = len(whole.false) / whole.weeks
    print(f"false alarms {len(whole.false)} in {whole.weeks:.0f} weeks: {rate:.2f} a week", end="")
    print(f", {rate / series:.3f} a week and series of {series}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    import django

    django.setup()
    seeds, last, share = (*sys.argv[1:], *("1-5", "2026-07-12", "1")[len(sys.argv) - 1 :])
    first, _dash, end = seeds.partition("-")
    main(range(int(first), int(end or first) + 1), last, float(share))
