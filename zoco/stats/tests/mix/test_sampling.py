"""The sampler against posteriors that are known: closed forms, priors, and simulation-based calibration."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from zoco.stats.mix import Experiment, Model, Saturation, Season
from zoco.stats.mix.agreement import sample_size
from zoco.stats.mix.baseline import Baseline, baseline_of, turned
from zoco.stats.mix.priors import ChannelPrior, LogNormal, Priors
from zoco.stats.mix.problems import Problem, problem_of
from zoco.stats.mix.sampling import Draws, above_zero, drawn, warmed
from zoco.stats.tests.mix.worlds import without_control, world

# So narrow that shapes are as good as fixed: retention .5, half and slope 1.
FIXED = ChannelPrior((1e12, 1e12), LogNormal(1.0, 1e-9), LogNormal(1.0, 1e-9), LogNormal(1.0, 1e-9))


def near(found: np.ndarray, mean: float, deviation: float) -> None:
    """Assert that draws (sweeps, chains) have a mean and deviation, to four Monte Carlo errors."""
    size = sample_size(found)
    assert float(found.mean()) == pytest.approx(mean, abs=4 * deviation / size**0.5)
    assert float(found.std()) == pytest.approx(deviation, rel=4 / size**0.5)


def test_effects_and_noise_are_those_of_the_closed_form_where_shapes_are_fixed() -> None:
    series = world(2, periods=60, channels=2).series
    model = Model(priors=Priors(channel=FIXED))
    test = Experiment("search", 20, 26, 3_000.0, 9_000.0, 5_000.0)
    problem, _turn = problem_of(series, model, [test])

    draws = drawn(warmed(problem, 16, 300, np.random.default_rng(1)), 1_500)

    noises = np.linspace(0.03, 0.2, 171)
    grid = np.linspace(0.0, 1.6, 161)
    shares = _quadrature(problem, baseline_of(series, model), grid, noises)
    for values, found in (
        (grid[None, :, None], draws.effects[:, :, 0]),
        (grid[None, None], draws.effects[:, :, 1]),
        (noises[:, None, None], draws.noise),
    ):
        mean = float((shares * values).sum())
        near(found, mean, float((shares * (values - mean) ** 2).sum() ** 0.5))


def _quadrature(problem: Problem, line: Baseline, grid: np.ndarray, noises: np.ndarray) -> np.ndarray:
    """Return the posterior (noises, first effect, second effect), by dense matrices."""
    columns, changes = zip(*(problem.columns(at, np.zeros((1, 3))) for at in range(2)), strict=True)
    x, y = np.concatenate(columns).T, problem.outcome[0]
    around = (line.columns * line.deviations**2) @ line.columns.T
    first, second = np.meshgrid(grid, grid, indexing="ij")
    beliefs = -0.5 * (first**2 + second**2) / 0.5**2
    beliefs -= 0.5 * ((first * changes[0][0, 0] - problem.measured[0][0, 0]) / problem.errors[0][0]) ** 2
    logs = np.empty((len(noises), *first.shape))
    for at, noise in enumerate(noises):
        covariance = around + noise**2 * np.eye(len(y))
        solved = np.linalg.solve(covariance, np.column_stack([y, x]))
        yy, yx, xx = y @ solved[:, 0], x.T @ solved[:, 0], x.T @ solved[:, 1:]
        square = yy - 2 * (first * yx[0] + second * yx[1])
        square = square + first**2 * xx[0, 0] + 2 * first * second * xx[0, 1] + second**2 * xx[1, 1]
        logs[at] = beliefs - 0.5 * (square + np.linalg.slogdet(covariance)[1] + (noise / 0.3) ** 2)
    shares: np.ndarray = np.exp(logs - logs.max())
    shares /= shares.sum()
    return shares


def test_coefficients_of_the_baseline_are_those_of_the_normal_equations() -> None:
    series = world(2, periods=60, channels=2).series
    line = baseline_of(series, Model(bends=2))
    turn = turned(line)
    left = series.outcome / series.unit - 0.4
    projected = np.repeat((turn.axes.T @ left)[None], 40_000, axis=0)

    found = turn.coefficients(projected, np.full(40_000, 0.2), np.random.default_rng(1))

    precision = line.columns.T @ line.columns / 0.2**2 + np.diag(line.deviations**-2.0)
    covariance = np.linalg.inv(precision)
    mean = covariance @ line.columns.T @ left / 0.2**2
    errors = np.sqrt(np.diag(covariance))
    assert (np.abs(found.mean(axis=0) - mean) < 4 * errors / 200).all()
    assert np.cov(found.T) == pytest.approx(covariance, abs=float(4 * errors.max() ** 2 / 140))


def test_axes_of_the_baseline_are_orthogonal_and_give_its_covariance() -> None:
    line = baseline_of(world(1).series, Model(bends=3))

    turn = turned(line)

    scaled = line.columns * line.deviations
    assert turn.axes.T @ turn.axes == pytest.approx(np.eye(len(turn.sizes)), abs=1e-12)
    assert (turn.axes * turn.sizes) @ turn.axes.T == pytest.approx(scaled @ scaled.T, abs=1e-11)


def test_a_normal_cut_off_at_zero_is_drawn_right_in_both_tails() -> None:
    chance = (np.arange(20_000) + 0.5) / 20_000

    for mean in (-30.0, -1.0, 0.0, 2.0, 30.0):
        found = above_zero(np.full(20_000, mean), np.full(20_000, 2.0), chance)

        law = stats.truncnorm(-mean / 2, np.inf, mean, 2.0)
        assert (found >= 0).all()
        assert float(found.mean()) == pytest.approx(float(law.mean()), rel=1e-3)
        assert float(found.std()) == pytest.approx(float(law.std()), rel=5e-3)


@pytest.mark.parametrize("saturation", list(Saturation))
def test_without_data_the_posterior_is_the_prior(saturation: Saturation) -> None:
    series = without_control(world(1, periods=60, channels=2).series)
    series = replace(series, run_in=60)
    model = Model(saturation, priors=Priors(channel=ChannelPrior(retention=(2.0, 3.0))))
    problem, _turn = problem_of(series, model, [])

    draws = drawn(warmed(problem, 16, 300, np.random.default_rng(1)), 2_000)

    for at in range(2):
        shapes = model.shaped("any", draws.places[:, :, at])
        near(shapes[..., 0], 0.4, (0.4 * 0.6 / 6) ** 0.5)
        for number, spread in enumerate((0.7, 0.3) if saturation is Saturation.HILL else (0.7,), 1):
            near(np.log(shapes[..., number]), 0.0, spread)
        near(draws.effects[:, :, at], 0.5 * (2 / np.pi) ** 0.5, 0.5 * (1 - 2 / np.pi) ** 0.5)
    near(draws.noise, 0.3 * (2 / np.pi) ** 0.5, 0.3 * (1 - 2 / np.pi) ** 0.5)


def test_ranks_of_the_truth_are_uniform_over_data_drawn_from_the_prior() -> None:
    # S. Talts et al., Validating Bayesian Inference Algorithms with Simulation-Based Calibration (2018).
    worlds, ranks_of = 240, 19
    series = without_control(world(1, periods=40, channels=2).series)
    model = Model(seasons=(Season(13.0, 1),), priors=Priors(noise=0.1))
    test = Experiment("search", 10, 14, 3_000.0, 0.0, 0.1 * series.unit)
    problem, _turn = problem_of(series, model, [test])
    random = np.random.default_rng(11)
    places = np.stack([model.drawn("any", worlds, random) for _ in range(2)], axis=1)
    effects = np.abs(random.standard_normal((worlds, 2))) * 0.5
    noise = np.abs(random.standard_normal(worlds)) * 0.1
    own = _drawn_data(problem, places, effects, noise, random, baseline_of(series, model).columns)

    draws = drawn(warmed(own, worlds, 600, random), ranks_of * 50)

    true = {"noise": (draws.noise, noise)}
    for at in range(2):
        true[f"effect {at}"] = (draws.effects[:, :, at], effects[:, at])
        for number, name in enumerate(model.parameters):
            true[f"{name} {at}"] = (draws.places[:, :, at, number], places[:, at, number])
    for name, (found, truth) in true.items():
        ranks = (found[49::50] < truth).sum(axis=0)
        counts = np.bincount(ranks // 2, minlength=10)
        # Nine parameters are looked at: one chance in a thousand each.
        assert stats.chisquare(counts).pvalue > 0.001, (name, counts)


def _drawn_data(
    problem: Problem,
    places: np.ndarray,
    effects: np.ndarray,
    noise: np.ndarray,
    random: np.random.Generator,
    columns: np.ndarray,
) -> Problem:
    """Return a problem whose chains each have data of their own, drawn from the model at a truth."""
    # Deviations of the priors of intercept, trend and the two waves.
    coefficients = random.standard_normal((len(noise), 4)) * [2.0, 0.5, 0.3, 0.3]
    outcome = coefficients @ columns.T + noise[:, None] * random.standard_normal((len(noise), 40))
    measured = []
    for at in range(2):
        column, changes = problem.columns(at, places[:, at])
        outcome += effects[:, at, None] * column
        error = problem.errors[at] * random.standard_normal(changes.shape)
        measured.append(effects[:, at, None] * changes + error)
    return replace(problem, outcome=outcome, measured=tuple(measured))


def test_steps_stay_as_they_are_once_they_are_learnt() -> None:
    problem, _turn = problem_of(world(1, periods=60, channels=2).series, Model(), [])
    walk = warmed(problem, 4, 60, np.random.default_rng(1))
    lengths, roots = walk.lengths.copy(), walk.roots.copy()

    draws = drawn(walk, 20)

    assert isinstance(draws, Draws)
    assert walk.lengths.tolist() == lengths.tolist()
    assert walk.roots.tolist() == roots.tolist()
