"""Media mix models of companies whose truth is known: seconds, coverage, adstock, advice and contradictions.

The reference runs in the same process on the same weeks, as packages without a posterior do it: shapes by
random search, effects by least squares that are not negative, intervals by a bootstrap of residuals at the
shapes that fitted best. Companies have five channels over three years of weeks; see `worlds` for their truth.
A fifth of the seeds have besides a demand that nobody wrote down and that moves the first channel's spending;
a test of that channel is held against the model, and against one in which demand is a control. As many are
fitted in days, 1,095 of them, with a half-life of 3 to 22 days by channel. The first company is fitted twice.
Without a fit ten times as many are asked whether spending follows visits that nobody paid for, or moves
against them: where neither is so it may be said of one channel in twenty at most, and where one is so, the
other. Budgets that wander slowly by themselves while demand does so too are held to nothing: they are where
the test is known to say too much.
Run: `.venv/bin/python -m benchmarks.mix [seeds] [noise, as a share of the mean outcome]`
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from zoco.stats.mix import (
    Contradicted,
    Fit,
    Following,
    Model,
    Season,
    advised,
    calibrated,
    daily,
    fit,
    followed,
    returns,
)
from zoco.stats.mix.series import Series
from zoco.stats.mix.shapes import adstock, hill
from zoco.stats.tests.mix.worlds import BY_DAY, RETENTION, World, best_split, steady, unpaid, world

Floats = NDArray[np.float64]
TRIALS, RESAMPLES = 20_000, 200
DAYS = 1_095
ADSTOCK, ADVICE, COVERED, SECONDS = 0.05, 0.95, 0.8, 10.0
FALSE, FOUND, SLOW = 0.05, 0.9, 0.98
ASKED = 10


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What was told of one company: seconds, and by channel low and high of contributions, and retention."""

    seconds: float
    low: Floats
    high: Floats
    retention: Floats

    def covered(self, truth: Floats) -> NDArray[np.bool_]:
        """Return which true contributions are inside."""
        return (self.low <= truth) & (truth <= self.high)


def ours(series: Series, seed: int, model: Model | None = None) -> tuple[Told, Fit]:
    """Return what a posterior tells."""
    began = time.process_time()
    found = fit(series, model, seed=seed)
    figures = [each.contribution for each in returns(found)]
    seconds = time.process_time() - began
    low, high = np.array([each.low for each in figures]), np.array([each.high for each in figures])
    return Told(seconds, low, high, found.shapes[:, :, 0].mean(axis=0)), found


def searched(series: Series, seed: int) -> Told:
    """Return what random search and a bootstrap tell."""
    began = time.process_time()
    random, channels = np.random.default_rng(seed), len(series.channels)
    rest = _rest(series)
    best: tuple[float, Floats, Floats] = (np.inf, np.empty(0), np.empty(0))
    for _ in range(TRIALS):
        retention = random.beta(2, 2, channels)
        half, slope = (
            np.exp(0.7 * random.standard_normal(channels)),
            np.exp(0.3 * random.standard_normal(channels)),
        )
        columns = np.column_stack([_arrived(series, retention, half, slope), rest, -rest])
        _, lost = nnls(columns, series.outcome)
        if lost < best[0]:
            best = (float(lost), columns, retention)
    _, columns, retention = best
    weights, _ = nnls(columns, series.outcome)
    fitted = columns @ weights
    left = series.outcome - fitted
    sums = columns[:, :channels].sum(axis=0)
    drawn = np.array(
        [
            nnls(columns, fitted + random.choice(left, len(left)))[0][:channels] * sums
            for _ in range(RESAMPLES)
        ]
    )
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    return Told(time.process_time() - began, low, high, retention)


def _arrived(series: Series, retention: Floats, half: Floats, slope: Floats) -> Floats:
    arriving = adstock(series.spend.T / series.units[:, None], retention)
    return hill(arriving, half[:, None], slope[:, None]).T


def _rest(series: Series) -> Floats:
    """Return the baseline's columns: one, a line, a year in two pairs of waves and controls."""
    at = np.arange(series.periods)
    angles = [2 * np.pi * pair * at / Season().length for pair in (1, 2)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(series.periods), at / series.periods, *waves, series.controls])


def contradicted(seed: int, noise: float) -> tuple[bool, ...]:
    """Return whether a test contradicts a model without what drives both, one with it, and one of none."""
    said = []
    for demand, is_known in ((0.12, False), (0.12, True), (0.0, False)):
        company = world(seed, noise=noise, demand=demand, is_known=is_known)
        experiment = company.lift(0, 60, 68, -1.0, 1.0)
        random = np.random.default_rng(seed)
        error = abs(experiment.effect) * 0.1
        measured = replace(
            experiment, effect=experiment.effect + error * float(random.standard_normal()), error=error
        )
        said.append(isinstance(calibrated(company.series, [measured], seed=seed), Contradicted))
    return tuple(said)


def shares_of_best(company: World, found: Fit) -> tuple[float, float]:
    """Return how much of the highest true response an advised split brings, and of the gain to it."""
    advice = advised(found)
    split = np.array([each.advised for each in advice.shares])
    best, mine = best_split(company, advice.budget), company.response(split)
    now = company.response(company.series.spend.mean(axis=0))
    return mine / best, (mine - now) / (best - now)


def days(seeds: int, noise: float) -> list[tuple[Told, NDArray[np.bool_]]]:
    """Return what is told of companies in days, and which effects are inside. Noise is a week's."""
    found = []
    for seed in range(seeds):
        company = world(seed, periods=DAYS, noise=noise * 7**0.5, is_daily=True)
        told, _fit = ours(company.series, seed, daily())
        found.append((told, told.covered(company.contributions.sum(axis=0))))
    return found


def warnings(seeds: int, noise: float, *, is_daily: bool) -> dict[str, tuple[Floats, Floats]]:
    """Return by kind of company which share of each channel is said to follow demand, and to go against it.

    Clicks are known but where it is said that they are not, and money is the price of them.
    """
    periods, model = (DAYS, daily()) if is_daily else (156, Model())
    kinds: dict[str, list[list[Following]]] = {}
    for seed in range(seeds):
        plain = world(seed, periods=periods, noise=noise, is_daily=is_daily)
        follows, against = (
            world(seed, periods=periods, noise=noise, demand=0.12, is_daily=is_daily, is_against=each)
            for each in (False, True)
        )
        wander = steady(plain, seed)
        asked = (
            ("nothing follows", plain.series, unpaid(plain, seed), 1.0),
            ("nothing follows, demand slow", plain.series, unpaid(plain, seed, memory=SLOW), 1.0),
            ("money brings visits, no clicks", plain.series, unpaid(plain, seed, brought=0.5), None),
            ("the first follows", follows.series, unpaid(follows, seed), 1.0),
            ("the first follows, no clicks", follows.series, unpaid(follows, seed), None),
            ("the first goes against", against.series, unpaid(against, seed), 1.0),
            ("budgets wander", wander, unpaid(plain, seed), 1.0),
            ("budgets wander, demand slow", wander, unpaid(plain, seed, memory=SLOW), 1.0),
        )
        for kind, series, visits, clicks in asked:
            found = followed(series, model, visits, dict.fromkeys(series.channels, clicks))
            kinds.setdefault(kind, []).append([each.following for each in found])
    return {
        kind: (_shares(rows, Following.FOLLOWS), _shares(rows, Following.AGAINST))
        for kind, rows in kinds.items()
    }


def _shares(rows: list[list[Following]], said: Following) -> Floats:
    """Return of how many companies that is said, by channel."""
    found: Floats = np.mean([[each is said for each in row] for row in rows], axis=0)
    return found


def warned(seeds: int, noise: float) -> bool:
    """Print of how many channels it is said that demand moves spending, and return whether that holds.

    A warning is wrong either way where nothing follows; where the first does, it is right one way alone.
    """
    holds = True
    for is_daily, count in ((False, ASKED * seeds), (True, 2 * seeds)):
        found = warnings(count, noise, is_daily=is_daily)
        for kind, told in found.items():
            said = "; ".join(
                f"{way} first {shares[0]:.3f}, others {shares[1:].mean():.3f}"
                for way, shares in zip(("follows", "against"), told, strict=True)
            )
            print(f"{'days' if is_daily else 'weeks'}, {kind:31} {said}")
        quiet = [
            float(np.add(*found[kind]).mean()) for kind in ("nothing follows", "nothing follows, demand slow")
        ]
        follows, against = (
            [float(each[0]) for each in found[kind]]
            for kind in ("the first follows", "the first goes against")
        )
        holds = holds and max(quiet) <= FALSE and min(follows[0], against[1]) >= FOUND
        holds = holds and max(follows[1], against[0]) <= FALSE
    return holds


def is_the_same(noise: float) -> bool:
    """Return whether the same seed gives the same bits."""
    company = world(0, noise=noise)
    first, second = (fit(company.series, seed=0) for _ in range(2))
    return all(
        getattr(first, name).tobytes() == getattr(second, name).tobytes()
        for name in ("shapes", "effects", "noise", "coefficients")
    )


def main(seeds: str = "40", noise: str = "0.015") -> int:
    """Measure and print; the exit code says whether what is asked for holds."""
    mine, theirs, inside, outside, gained = [], [], [], [], []
    for seed in range(int(seeds)):
        company = world(seed, noise=float(noise))
        truth = company.contributions.sum(axis=0)
        told, found = ours(company.series, seed)
        other = searched(company.series, seed)
        mine.append(told)
        theirs.append(other)
        inside.append(told.covered(truth))
        outside.append(other.covered(truth))
        gained.append(shares_of_best(company, found))
    tested = np.array([contradicted(seed, float(noise)) for seed in range(max(int(seeds) // 5, 1))])
    shares, gains = np.array(gained).T
    seconds, slow = (float(np.median([each.seconds for each in all_])) for all_ in (mine, theirs))
    print(f"{seeds} companies, 5 channels, 156 weeks, noise {float(noise):.1%} of the mean outcome")
    _beside("seconds a fit", f"{seconds:.2f}", f"{slow:.2f}, {slow / seconds:.2f} times as long")
    _beside("effects inside 90%", _row(inside), _row(outside))
    _beside("all five inside", *(f"{np.array(each).all(axis=1).mean():.3f}" for each in (inside, outside)))
    _beside(f"adstock within {ADSTOCK}", _row(_near(mine)), _row(_near(theirs)))
    print(f"advice: of the best response, least {shares.min():.4f}, median {np.median(shares):.4f}")
    print(f"        of the gain to it, least {gains.min():.3f}, median {np.median(gains):.3f}")
    print(
        f"a test contradicts {tested[:, 0].mean():.2f} of models that leave demand out, "
        f"{tested[:, 1].mean():.2f} of those that know it, {tested[:, 2].mean():.2f} where there is none"
    )
    inside_by_day = _by_day(days(max(int(seeds) // 5, 1), float(noise)))
    is_same = is_the_same(float(noise))
    print(f"the same seed gives {'the same' if is_same else 'OTHER'} bits")
    covered = np.array(inside).mean(axis=0).min()
    near = np.array(_near(mine)).mean(axis=0).min()
    holds = seconds < SECONDS and min(covered, near) >= COVERED
    holds = holds and shares.min() >= ADVICE and tested[:, 0].all() and is_same
    holds = warned(int(seeds), float(noise)) and holds and inside_by_day >= COVERED
    return 0 if holds else 1


def _by_day(found: list[tuple[Told, NDArray[np.bool_]]]) -> float:
    """Print what models of days tell, and return which share of effects is inside."""
    told, inside = [each for each, _inside in found], [each for _told, each in found]
    print(
        f"{len(found)} companies in {DAYS:,} days: seconds {np.median([each.seconds for each in told]):.2f}, "
        f"effects inside 90% {_row(inside)}, adstock of a day within {ADSTOCK} {_row(_near(told, BY_DAY))}"
    )
    return float(np.mean(inside))


def _near(told: list[Told], truth: Floats = RETENTION) -> list[NDArray[np.bool_]]:
    return [np.abs(each.retention - truth) <= ADSTOCK for each in told]


def _row(hits: list[NDArray[np.bool_]]) -> str:
    return " ".join(f"{each:.2f}" for each in np.array(hits).mean(axis=0))


def _beside(what: str, mine: str, theirs: str) -> None:
    print(f"{what:20} {mine:26} search and bootstrap {theirs}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
