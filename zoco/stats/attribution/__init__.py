"""Attribution: which channels conversions and revenue are owed to, by rules, Markov chains, Shapley values.

`paths_read` or `Paths` takes what people met; `attribute` gives credits with intervals, for a model of
`rules`, `markov` or `shapley`. No model says what would have happened without a channel: that
takes an experiment.
"""

from zoco.stats.attribution.arrow import paths_read
from zoco.stats.attribution.credits import Attribution, Credit, attribute
from zoco.stats.attribution.markov import Markov, TooManyStates
from zoco.stats.attribution.models import Model
from zoco.stats.attribution.paths import UNIT, Measure, Paths
from zoco.stats.attribution.rules import First, Last, LastNonDirect, Linear, Position, TimeDecay
from zoco.stats.attribution.shapley import Shapley

__all__ = [
    "UNIT",
    "Attribution",
    "Credit",
    "First",
    "Last",
    "LastNonDirect",
    "Linear",
    "Markov",
    "Measure",
    "Model",
    "Paths",
    "Position",
    "Shapley",
    "TimeDecay",
    "TooManyStates",
    "attribute",
    "paths_read",
]
