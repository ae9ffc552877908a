"""Trials of arms that are alike, looked at a hundred times: false alarms, and what a look costs.

    python -m benchmarks.trials                      1,000 trials of 100 looks, 100 units an arm and look

Live figures against Welch's t repeated at each look, on the same trials. All looks at once as arrays, against
figure by figure; both must say the same. The probability of being the best by integration, against a million
draws. A live plan, by simulation. The bounds: 5 % of false alarms, arrays ten times as quick.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from scipy import stats

from zoco.stats.trials.believing import Beta, believed, best_probability
from zoco.stats.trials.fixed import ended
from zoco.stats.trials.live import looked, p_values
from zoco.stats.trials.metrics import proportion
from zoco.stats.trials.moments import Floats
from zoco.stats.trials.planning import Design, Past, plan
from zoco.stats.trials.planning_live import plan_live

SHARE = 0.5
STEP = 100
LOOKS = 100
ALPHA = 0.05
DRAWS = 1_000_000
TIMES_LEAST = 10.0
SEED = 20_260_101


def at_once(first: Floats, second: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return p-values (trials, looks), live and of Welch's t, from successes of n units an arm."""
    p, q = first / n, second / n
    one, other = p * (1 - p) / (n - 1), q * (1 - q) / (n - 1)
    z = (q - p) / np.sqrt(one + other)
    freedom = (one + other) ** 2 / ((one**2 + other**2) / (n - 1))
    return p_values(z, 2 * n, int(2 * n[-1])), np.asarray(2 * stats.t.sf(np.abs(z), freedom))


def one_by_one(first: Floats, second: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the same, figure by figure, each with its intervals."""
    live, fixed = np.empty(first.shape), np.empty(first.shape)
    planned = int(2 * n[-1])
    for at in np.ndindex(first.shape):
        units = int(n[at[1]])
        arms = proportion(int(first[at]), units), proportion(int(second[at]), units)
        live[at] = looked(*arms, planned=planned).p
        fixed[at] = ended(*arms, planned=0).p
    return live, fixed


def looking(trials: int) -> bool:
    """Print false alarms and seconds; return whether the bounds are kept."""
    random = np.random.default_rng(SEED)
    first, second = (
        random.binomial(STEP, SHARE, (trials, LOOKS)).cumsum(axis=1).astype(float) for _arm in "ab"
    )
    n = STEP * np.arange(1.0, LOOKS + 1)
    began = time.perf_counter()
    live, fixed = at_once(first, second, n)
    arrays = time.perf_counter() - began
    began = time.perf_counter()
    alone, alone_fixed = one_by_one(first, second, n)
    figures = time.perf_counter() - began
    is_same = np.allclose(live, alone, rtol=1e-6) and np.allclose(fixed, alone_fixed, rtol=1e-6)
    alarms, repeated = (float((each <= ALPHA).any(axis=1).mean()) for each in (live, fixed))
    print(f"{trials:,} trials of arms alike, {LOOKS} looks, {2 * int(n[-1]):,} units each")
    print(f"  false alarms, live figures           {alarms:8.1%}")
    print(f"  false alarms, Welch's t repeated     {repeated:8.1%}")
    print(f"  false alarms, Welch's t at the end   {float((fixed[:, -1] <= ALPHA).mean()):8.1%}")
    print(f"  all looks at once                    {arrays:8.3f} s")
    each = figures / live.size / 2 * 1e6
    print(f"  figure by figure, both kinds         {figures:8.3f} s   {each:.0f} µs a figure")
    said = "the same said" if is_same else "NOT THE SAME SAID"
    print(f"  as quick                             {figures / arrays:8.0f} times, {said}")
    return is_same and alarms <= ALPHA and figures >= TIMES_LEAST * arrays


def believing() -> bool:
    """Print what integration and draws say and cost; return whether they agree."""
    arms = {"a": Beta(201, 3_801), "b": Beta(241, 3_761), "c": Beta(225, 3_777)}
    began = time.perf_counter()
    whole = best_probability(arms, "b")
    integrated = time.perf_counter() - began
    began = time.perf_counter()
    random = np.random.default_rng(SEED)
    drawn = np.stack([random.beta(each.a, each.b, DRAWS) for each in arms.values()])
    share = float((drawn.argmax(axis=0) == 1).mean())
    draws = time.perf_counter() - began
    began = time.perf_counter()
    believed(arms, "a")
    view = time.perf_counter() - began
    error = (share * (1 - share) / DRAWS) ** 0.5
    print("Probability to be the best of three")
    print(f"  integrated                           {integrated:8.4f} s   {whole:.8f}")
    print(f"  {DRAWS:,} draws                      {draws:8.4f} s   {share:.8f} ± {error:.8f}")
    print(f"  whole view of three arms             {view:8.4f} s")
    return bool(abs(share - whole) < 4 * error)


def planning() -> None:
    """Print a plan of each kind and what it costs."""
    past, design = Past.of_share(0.05), Design()
    for kind, planned in (("at the end", plan), ("live", plan_live)):
        began = time.perf_counter()
        found = planned(past, 0.005, design, daily=1_000)
        print(
            f"Plan {kind:<32} {time.perf_counter() - began:9.4f} s   {found.units:,} units, {found.days} days"
        )


def main() -> int:
    """Run all; 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1_000)
    is_kept = looking(parser.parse_args().trials)
    is_kept = believing() and is_kept
    planning()
    print("kept" if is_kept else "NOT KEPT")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
