"""What is believed before the data, and which model it is about.

Every prior is in units that are alike for all companies: money of a channel in its mean over the periods in
which anything was spent on it, outcomes in the mean outcome of a period. Shape parameters are functions of
numbers that are standard normal, but retention, which is beta.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.mix.shapes import Saturation, hill, logistic

Floats = NDArray[np.float64]
YEAR_OF_DAYS = 365.25
YEAR_OF_WEEKS = YEAR_OF_DAYS / 7


class BadModel(ValueError):
    """A model or priors that cannot be."""


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A positive number: its median, and the standard deviation of its logarithm."""

    median: float
    spread: float

    def __post_init__(self) -> None:
        """Check that both are above 0."""
        if not (self.median > 0 and self.spread > 0):
            raise BadModel("A lognormal prior has a median and a spread above 0.")


@dataclass(frozen=True, slots=True)
class ChannelPrior:
    """What is believed of one channel.

    `retention` is a and b of a beta distribution. `half` (where Hill is a half) and `steepness` (of the
    logistic curve) are in units of the channel's mean spend. `effect` is the standard deviation of the
    half-normal distribution of the largest effect in a period, in units of the mean outcome.
    """

    retention: tuple[float, float] = (2.0, 2.0)
    half: LogNormal = LogNormal(1.0, 0.7)
    slope: LogNormal = LogNormal(1.0, 0.3)
    steepness: LogNormal = LogNormal(1.0, 0.7)
    effect: float = 0.5

    def __post_init__(self) -> None:
        """Check that all are above 0."""
        if not (min(self.retention) > 0 and self.effect > 0):
            raise BadModel("The a and b of retention and the effect of a channel are above 0.")


@dataclass(frozen=True, slots=True)
class Priors:
    """What is believed of channels, of standard deviations of the baseline's coefficients, and of the noise.

    All but `own` (by name of channel) and `channel` (of every other) are in units of the mean outcome; those
    of the baseline are normal around 0, and that of the noise's standard deviation is half-normal.
    """

    channel: ChannelPrior = ChannelPrior()
    own: Mapping[str, ChannelPrior] = field(default_factory=dict)
    intercept: float = 2.0
    trend: float = 0.5
    season: float = 0.3
    holiday: float = 0.3
    control: float = 0.3
    noise: float = 0.3

    def of(self, channel: str) -> ChannelPrior:
        """Return what is believed of a channel."""
        return self.own.get(channel, self.channel)


@dataclass(frozen=True, slots=True)
class Season:
    """A season of `length` periods as so many `pairs` of sine and cosine."""

    length: float = YEAR_OF_WEEKS
    pairs: int = 2

    def __post_init__(self) -> None:
        """Check that the pairs are told apart by whole periods."""
        if not (self.pairs >= 1 and self.length > 2 * self.pairs):
            raise BadModel("A season has at least one pair, and more than two periods for each.")


@dataclass(frozen=True, slots=True)
class Model:
    """Outcome = baseline + sum over channels of effect · saturation(adstock(spend)) + normal noise.

    `lags` ends the carry-over after so many periods; None never. `bends` is at how many places, evenly
    spread, the straight trend may turn. Weekly data have one season, of a year.
    """

    saturation: Saturation = Saturation.HILL
    lags: int | None = None
    seasons: tuple[Season, ...] = (Season(),)
    bends: int = 0
    priors: Priors = Priors()

    def __post_init__(self) -> None:
        """Check counts."""
        if self.bends < 0 or (self.lags is not None and self.lags < 1):
            raise BadModel("A trend has 0 bends or more, a carry-over 1 period or more.")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of a channel's parameters of shape."""
        last = ("half", "slope") if self.saturation is Saturation.HILL else ("steepness",)
        return ("retention", *last)

    def shaped(self, channel: str, places: Floats) -> Floats:
        """Return parameters of shape (..., parameters) from the unbounded places that are sampled."""
        prior = self.priors.of(channel)
        laws = [getattr(prior, name) for name in self.parameters[1:]]
        rest = [law.median * np.exp(law.spread * places[..., at]) for at, law in enumerate(laws, 1)]
        return np.stack([scipy.special.expit(places[..., 0]), *rest], axis=-1)

    def believed(self, channel: str, places: Floats) -> Floats:
        """Return the logarithm of the prior's density at places, but for a constant."""
        a, b = self.priors.of(channel).retention
        logits = places[..., 0]
        beta = a * scipy.special.log_expit(logits) + b * scipy.special.log_expit(-logits)
        found: Floats = beta - 0.5 * (places[..., 1:] ** 2).sum(axis=-1)
        return found

    def drawn(self, channel: str, size: int, random: np.random.Generator) -> Floats:
        """Draw places (size, parameters) from the prior."""
        a, b = self.priors.of(channel).retention
        retention = np.clip(random.beta(a, b, size), 1e-12, 1 - 1e-12)
        rest = random.standard_normal((size, len(self.parameters) - 1))
        return np.column_stack([scipy.special.logit(retention), rest])

    def saturated(self, arriving: Floats, shape: Floats) -> Floats:
        """Return which share of the largest effect `arriving` (..., periods) has, by shapes."""
        if self.saturation is Saturation.HILL:
            return hill(arriving, shape[..., 1, None], shape[..., 2, None])
        return logistic(arriving, shape[..., 1, None])


RETENTION_BY_DAY = (16.0, 2.0)
"""Of a day what the beta distribution with 2 and 2 is of a week: the half-lives that it holds likely are
the same, with a median of a week and nine tenths between 2 and 33 days."""
NOISE_BY_DAY = 0.5
WEEKDAYS = Season(7.0, 3)
"""Three pairs tell any seven numbers that add up to nothing."""


def daily(saturation: Saturation = Saturation.HILL, *, has_year: bool = True) -> Model:
    """Return the model of days: weekdays, a year where two are known, and a carry-over from day to day.

    What is believed is what is believed of weeks, but for the noise: that of days is larger, as it does not
    average out.
    """
    year = (Season(YEAR_OF_DAYS),) if has_year else ()
    priors = Priors(channel=ChannelPrior(retention=RETENTION_BY_DAY), noise=NOISE_BY_DAY)
    return Model(saturation=saturation, seasons=(WEEKDAYS, *year), priors=priors)
