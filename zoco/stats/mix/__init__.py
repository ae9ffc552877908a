"""Media mix model: what channels brought, what more of them would bring, and how sure that is.

`fit` takes a `Series` and a `Model` to a `Fit`; `calibrated` holds experiments against it first.
`contributions`, `returns`, `moved`, `curves` and `waterfall` read it, `learnt` says what came from the data
and what from the prior, and `advised` splits a budget.
`followed` says whether spending moves with demand. What cannot be told is an error with a sentence:
`BadSeries`, `TooLittle`, `Collinear`, `BadExperiment`, `ChainsDisagree`, `OutOfRange`. A good fit is no
proof: only experiments find what is left out of a model.
"""

from zoco.stats.mix.budgets import Advice, OutOfRange, advised
from zoco.stats.mix.calibrating import Calibrated, Comparison, Contradicted, calibrated
from zoco.stats.mix.enough import Collinear, TooLittle
from zoco.stats.mix.experiments import BadExperiment, Experiment
from zoco.stats.mix.figures import contributions, curves, moved, returns, waterfall
from zoco.stats.mix.fitting import ChainsDisagree, Fit, fit
from zoco.stats.mix.following import (
    BY_CLICKS,
    Followed,
    Following,
    Tested,
    explained_by_clicks,
    followed,
    weighed,
)
from zoco.stats.mix.learning import Knowledge, Learnt, knowledge, learnt
from zoco.stats.mix.priors import BadModel, Model, Season, daily
from zoco.stats.mix.series import BadSeries, Series
from zoco.stats.mix.shapes import Saturation

__all__ = [
    "BY_CLICKS",
    "Advice",
    "BadExperiment",
    "BadModel",
    "BadSeries",
    "Calibrated",
    "ChainsDisagree",
    "Collinear",
    "Comparison",
    "Contradicted",
    "Experiment",
    "Fit",
    "Followed",
    "Following",
    "Knowledge",
    "Learnt",
    "Model",
    "OutOfRange",
    "Saturation",
    "Season",
    "Series",
    "Tested",
    "TooLittle",
    "advised",
    "calibrated",
    "contributions",
    "curves",
    "daily",
    "explained_by_clicks",
    "fit",
    "followed",
    "knowledge",
    "learnt",
    "moved",
    "returns",
    "waterfall",
    "weighed",
]
