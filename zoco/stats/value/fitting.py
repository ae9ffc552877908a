"""Maximum likelihood over logarithms of positive parameters, with what the data do not tell about them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from typing import ClassVar, Generic, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.proportions import normal_quantile

Floats = NDArray[np.float64]
Rows = TypeVar("Rows")
Lost = Callable[[Floats], tuple[float, Floats]]
# How far a logarithm may go from where the starts are: a factor of 8,000 either way.
REACH = 9.0
# A logarithm that is known no better than this is not known at all: its 95% interval spans five millions.
UNKNOWN = 4.0
STARTS_TRIED = 2
POLISHES = 8
STEPS = 60
STEP = 1e-4
# Of the Newton step's expected gain in log-likelihood; 1e-6 moves no parameter by a thousandth of its error.
TOLERANCE = 1e-6
# No point of a net lies nearer to 0 or 1: 6.5 standard deviations.
EDGE = 2.0**-34


class AtTheEdge(ValueError):
    """The likelihood is highest where a parameter is nothing or without bound: the data do not tell it."""


class Likely(ABC, Generic[Rows]):
    """A model as a frozen dataclass whose fields are its parameters, all above 0."""

    __slots__ = ()
    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def prepared(cls, rows: Rows) -> Rows:
        """Return rows with equal ones as one. Raises TooLittle where they are not enough."""

    @classmethod
    @abstractmethod
    def starts(cls, rows: Rows) -> Floats:
        """Return parameters to begin at, one row a start."""

    @abstractmethod
    def scored(self, rows: Rows) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient by the logarithms of the parameters."""


Model = TypeVar("Model", bound=Likely)  # type: ignore[type-arg]


@dataclass(frozen=True, slots=True)
class Fitted(Generic[Model]):
    """A model at the maximum of its likelihood. `covariance` is of the logarithms of the parameters.

    It is the inverse of the observed information. `slope` is what a further step would add to the
    log-likelihood at most; `is_converged` says that this is next to nothing.
    """

    model: Model
    covariance: Floats
    likelihood: float
    slope: float
    is_converged: bool
    evaluations: int

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in the order of the other columns."""
        return tuple(each.name for each in fields(self.model))  # type: ignore[arg-type]

    @property
    def values(self) -> Floats:
        """The parameters."""
        return _values(self.model)

    @property
    def errors(self) -> Floats:
        """Standard errors of the parameters, by the delta method from those of their logarithms."""
        found: Floats = self.values * np.sqrt(np.diag(self.covariance))
        return found

    def bounds(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the lower and upper bounds of each parameter, normal in the logarithm."""
        half = normal_quantile(confidence) * np.sqrt(np.diag(self.covariance))
        return self.values * np.exp(-half), self.values * np.exp(half)

    def drawn(self, draws: int, seed: int) -> Iterator[Model]:
        """Draw models as the data leave them possible: asymptotically normal in the logarithms.

        This is the large-sample approximation (B. Efron and D. Hinkley, Biometrika 65 (1978) 457–487, for
        the observed information); with few customers the truth is more skewed than the draws. They are the
        points of a scrambled net, best if `draws` is a power of two, in an order by chance.
        """
        root = np.linalg.cholesky(self.covariance)
        for normal in _spread_out(draws, len(root), seed):
            yield type(self.model)(*np.exp(np.log(self.values) + root @ normal))


def _spread_out(draws: int, size: int, seed: int) -> Floats:
    """Return standard normal rows that lie evenly: what stands on so many differs far less by the seed.

    Source: A. B. Owen, Scrambled net variance for integrals of smooth functions, Annals of Statistics 25
    (1997) 1541–1562. Two nets have the same first digits in the same places, so rows are shuffled: the
    draws of two models that are put together are independent of each other.
    """
    random = np.random.default_rng(seed)
    net = scipy.stats.qmc.Sobol(size, scramble=True, rng=random)
    points = net.random_base2(max(draws - 1, 0).bit_length())[:draws]
    found: Floats = scipy.special.ndtri(np.clip(random.permutation(points), EDGE, 1 - EDGE))
    return found


def fit(kind: type[Model], rows: Rows) -> Fitted[Model]:
    """Return the model of highest likelihood.

    Quasi-Newton steps with analytic gradients from the best of several starts, begun again with the Hessian
    from differences of the gradient until nothing is left to gain. Raises TooLittle where there
    are not enough rows, and AtTheEdge where a parameter has no best value inside bounds.
    """
    ready = kind.prepared(rows)
    starts = np.log(kind.starts(ready))
    middle = starts.mean(axis=0)
    counted = 0

    def lost(theta: Floats) -> tuple[float, Floats]:
        nonlocal counted
        counted += 1
        value, gradient = kind(*np.exp(theta)).scored(ready)
        return -value, -gradient

    tried = sorted(starts, key=lambda start: lost(start)[0])[:STARTS_TRIED]
    places = [_descended(lost, start, _hessian(lost, start), middle) for start in tried]
    best, value, hessian, slope = _polished(lost, min(places, key=lambda each: lost(each)[0]), middle)
    _inside(kind, best, middle, hessian)
    covariance = np.linalg.inv(hessian)
    model = kind(*(float(each) for each in np.exp(best)))
    return Fitted(model, (covariance + covariance.T) / 2, -value, slope, slope < TOLERANCE, counted)


def _polished(lost: Lost, theta: Floats, middle: Floats) -> tuple[Floats, float, Floats, float]:
    """Return where the descent ends, the loss there, its Hessian, and what one more step would gain."""
    for _ in range(POLISHES):
        hessian = _hessian(lost, theta)
        value, gradient = lost(theta)
        slope = float(gradient @ _inverse(hessian) @ gradient) / 2
        there = theta if slope < TOLERANCE / 100 else _descended(lost, theta, hessian, middle)
        if (there == theta).all():
            break
        theta = there
    return theta, value, hessian, slope


def _descended(lost: Lost, theta: Floats, hessian: Floats, middle: Floats) -> Floats:
    """Return where quasi-Newton steps end that begin with a Hessian (Broyden, Fletcher, Goldfarb, Shanno).

    J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), equation (6.17). For three or four
    parameters this is a few products of small matrices, where a library for many starts its threads.
    """
    inverse = _inverse(hessian)
    value, gradient = lost(theta)
    for _ in range(STEPS):
        step = -inverse @ gradient
        if -gradient @ step / 2 < TOLERANCE / 100:
            break
        better = _searched(lost, theta, step * min(1.0, 2.0 / float(np.abs(step).max())), value, middle)
        if better is None:
            break
        there, value, slope = better
        moved, turned = there - theta, slope - gradient
        theta, gradient = there, slope
        curvature = float(moved @ turned)
        if curvature > 0:
            kept = np.eye(len(theta)) - np.outer(moved, turned) / curvature
            inverse = kept @ inverse @ kept.T + np.outer(moved, moved) / curvature
    return theta


def _inverse(hessian: Floats) -> Floats:
    """Return the inverse, with directions that curve the wrong way turned: steps along them still go down.

    No direction is taken for flatter than a thousandth.
    """
    sizes, directions = np.linalg.eigh(hessian)
    found: Floats = (directions / np.maximum(np.abs(sizes), 1e-3)) @ directions.T
    return found


def _searched(
    lost: Lost, theta: Floats, step: Floats, value: float, middle: Floats
) -> tuple[Floats, float, Floats] | None:
    """Return the first of ever smaller steps that loses less; None where none does."""
    for _ in range(12):
        there = np.clip(theta + step, middle - REACH, middle + REACH)
        found, gradient = lost(there)
        if found < value:
            return there, found, gradient
        step = step / 2
    return None


def _hessian(lost: Lost, theta: Floats) -> Floats:
    """Return central differences of the gradient, made symmetric."""
    rows = []
    for number in range(len(theta)):
        move = np.zeros_like(theta)
        move[number] = STEP
        rows.append((lost(theta + move)[1] - lost(theta - move)[1]) / (2 * STEP))
    found: Floats = np.array(rows)
    return (found + found.T) / 2


def _inside(kind: type[Model], theta: Floats, middle: Floats, hessian: Floats) -> None:
    """Raise AtTheEdge unless every parameter is known and inside its bounds."""
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    out = np.flatnonzero(np.abs(theta - middle) > REACH - 0.1)
    if len(out):
        way = "without bound" if theta[out[0]] > middle[out[0]] else "to nothing"
        raise AtTheEdge(
            f"{kind.name}: the parameter {names[out[0]]} runs {way}, so these customers do not tell it; "
            "take more customers, a longer time, or a model with fewer parameters."
        )
    sizes, directions = np.linalg.eigh(hessian)
    if sizes[0] < 1 / UNKNOWN**2:
        name = names[int(np.abs(directions[:, 0]).argmax())]
        raise AtTheEdge(
            f"{kind.name}: the parameter {name} may be almost anything, so these customers do not tell it; "
            "take more customers, a longer time, or a model with fewer parameters."
        )


def _values(model: Likely[Rows]) -> Floats:
    found: Floats = np.array(astuple(model), dtype=np.float64)  # type: ignore[call-overload]
    return found
