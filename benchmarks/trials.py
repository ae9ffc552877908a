"""Trials of arms that are alike, looked at a hundred times: false alarms, and what a look costs.

    python -m benchmarks.trials                      1,000 trials of 100 looks, 100 units an arm and look

Live figures against Welch's t repeated at each look, on the same trials. All looks at once as arrays, against
figure by figure; both must say the same. The probability of being the best by integration, against a million
draws. A live plan, by simulation. Honest figures of bandits, of shares and of money, against plain ones that
pretend that the shares had never moved. The bounds: 5 % of false alarms, arrays ten times as quick, intervals
of 95 % of bandits that cover the truth as often, to a point and two standard errors of so many trials.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from scipy import stats

from zoco.stats.trials.bandits import Batch, compared, interval, shares_next
from zoco.stats.trials.believing import Beta, believed, best_probability
from zoco.stats.trials.fixed import ended
from zoco.stats.trials.live import looked, p_values
from zoco.stats.trials.metrics import proportion
from zoco.stats.trials.moments import Estimate, Floats, TooFew
from zoco.stats.trials.planning import Design, Past, plan
from zoco.stats.trials.planning_live import plan_live

SHARE = 0.5
STEP = 100
LOOKS = 100
ALPHA = 0.05
DRAWS = 1_000_000
TIMES_LEAST = 10.0
SEED = 20_260_101
DAYS, CAP_UNITS = 14, 1_000


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


def paid(random: np.random.Generator, units: int, times: float) -> Floats:
    """Return revenue of units, of whom one in twenty pays, log-normal: what shops see."""
    amounts = random.lognormal(3.0, 0.8, units) * times
    return np.asarray(np.where(random.random(units) < 0.05, amounts, 0.0))


def did(random: np.random.Generator, units: int, times: float) -> Floats:
    """Return whether each of the units did it: one in ten."""
    return np.asarray((random.random(units) < 0.1 * times).astype(float))


def bandit(
    random: np.random.Generator, times: dict[str, float], *, units_a_day: int, is_money: bool
) -> tuple[list[Batch], float]:
    """Return the days of a bandit, and where money is drawn in: by the first 1,000 units."""
    days: list[Batch] = []
    values: list[tuple[dict[str, float], dict[str, Floats]]] = []
    cap = np.inf
    for day in range(DAYS):
        shares = shares_next(list(times), days)
        units = random.multinomial(units_a_day, list(shares.values()))
        of = paid if is_money else did
        values.append(
            (shares, {key: of(random, int(n), times[key]) for key, n in zip(times, units, strict=True)})
        )
        if is_money and day < CAP_UNITS / units_a_day:
            seen = np.concatenate([each for _shares, arms in values for each in arms.values()])
            cap = float(np.quantile(seen, 0.99, method="inverted_cdf"))
        days = [batch(*each, cap, is_money=is_money) for each in values]
    return days, cap


def batch(shares: dict[str, float], arms: dict[str, Floats], cap: float, *, is_money: bool) -> Batch:
    """Return a day as the figures take it."""
    drawn = {key: np.minimum(each, cap) for key, each in arms.items()}
    n = {key: len(each) for key, each in drawn.items()}
    totals = {key: float(each.sum()) for key, each in drawn.items()}
    if not is_money:
        return Batch(shares, n, totals)
    squares = {key: float(each @ each) for key, each in drawn.items()}
    return Batch(
        shares, n, totals, squares, {key: int(np.count_nonzero(each)) for key, each in drawn.items()}
    )


def bandits(trials: int) -> bool:
    """Print how often intervals of bandits cover the truth; return whether the bounds are kept."""
    is_kept = True
    print(f"Bandits: {trials:,} of each kind, {DAYS} days, intervals of 95 %")
    for is_money, units_a_day, better in (
        (False, 500, 1.0), (False, 500, 1.3), (False, 100, 1.0), (False, 100, 1.3),
        (True, 500, 1.0), (True, 500, 1.3), (True, 500, 1.5),
    ):  # fmt: skip
        times = {"a": 1.0, "b": better}
        arms, gaps, plain = covered(trials, times, units_a_day=units_a_day, is_money=is_money)
        name = f"{'money' if is_money else 'shares'}, {units_a_day} a day, b {better:.1f} a"
        print(
            f"  {name:<30} arms {arms.mean():6.1%}   difference {gaps.mean():6.1%}   plain difference "
            f"{plain.mean():6.1%}   of {len(gaps):,}",
            flush=True,
        )
        room = 0.01 + 2 * (0.95 * 0.05 / len(gaps)) ** 0.5
        is_kept &= bool(max(abs(0.95 - each.mean()) for each in (arms, gaps)) <= room)
    return is_kept


def covered(
    trials: int, times: dict[str, float], *, units_a_day: int, is_money: bool
) -> tuple[Floats, Floats, Floats]:
    """Return whether the intervals of arms, of the difference, and Welch's as if nothing had moved, cover."""
    random, large = np.random.default_rng(SEED), np.random.default_rng(SEED + 1)
    crowds = {key: (paid if is_money else did)(large, DRAWS, each) for key, each in times.items()}
    arms, gaps, plain = [], [], []
    for _trial in range(trials):
        days, cap = bandit(random, times, units_a_day=units_a_day, is_money=is_money)
        truth = {key: float(np.minimum(each, cap).mean()) for key, each in crowds.items()}
        try:
            within, figure = {key: interval(key, days) for key in times}, compared("a", "b", days)
        except TooFew:
            continue
        arms += [within[key][0] <= truth[key] <= within[key][1] for key in times]
        gap = truth["b"] - truth["a"]
        gaps.append(figure.interval[0] <= gap <= figure.interval[1])
        low, high = ended(*(mean_of(key, days) for key in times), planned=0).interval
        plain.append(low <= gap <= high)
    return np.array(arms, dtype=float), np.array(gaps, dtype=float), np.array(plain, dtype=float)


def mean_of(key: str, days: list[Batch]) -> Estimate:
    """Return the plain mean of an arm, its days thrown together."""
    n, total, squares = (sum(each.sums(key)[at] for each in days) for at in range(3))
    happened = sum(each.happened(key) for each in days)
    return Estimate(int(n), total / n, (squares - total**2 / n) / (n - 1), happened)


def main() -> int:
    """Run all; 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--bandits", type=int, default=2_000)
    given = parser.parse_args()
    is_kept = looking(given.trials)
    is_kept = believing() and is_kept
    is_kept = bandits(given.bandits) and is_kept
    planning()
    print("kept" if is_kept else "NOT KEPT")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
