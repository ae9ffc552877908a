"""How likely a fault could be told at all: by a test that knows the part and the hours, and asks once."""

from collections.abc import Mapping

import numpy as np

from zoco.monitor.alarms.cube import Cube
from zoco.monitor.alarms.detecting import DAYS_MOST
from zoco.monitor.alarms.watched import SECTION
from zoco.monitor.alarms.windows import Window
from zoco.stats.tails import tails
from zoco.testing.company.faults import Fault

HOURS, ODDS = 48, 1e-3
SHOWN_IN = {"falls": "visits", "conversion": "orders", "step": "funnel:1:2", "tracker": "page_views"}
"""In which measure a fault is to be seen; waves and silence are seen by anybody."""


def visible(fault: Fault, cubes: Mapping[str, Cube], begins: int) -> tuple[float, float]:
    """Return how many are expected in the two days of a fault, and the power of the best test of them.

    The test knows the part, begin and end, and takes one chance in a thousand; `begins` is an hour of the
    cubes. What it misses no alarm can find that has to look at every part and hour. Waves: infinite and 1.
    """
    key = SHOWN_IN.get(fault.kind)
    if key is None:
        return np.inf, 1.0
    cube = cubes[key]
    window = Window(cube, begins + HOURS, HOURS, DAYS_MOST)
    expected = window.whole()
    if fault.column:
        cut = cube.cuts[SECTION if fault.kind == "tracker" else fault.column]
        if fault.value not in cut.values:
            return 0.0, 0.0
        expected = window.beside(cut, np.array([cut.values.index(fault.value)]))
    mean, variance = float(expected.mean[0]), float(expected.variance[0])
    least = next(
        (count for count in range(int(mean) + 1) if tails(count, mean, variance)[0] > ODDS), int(mean) + 1
    )
    if least == 0:
        return mean, 0.0
    left = expected.scaled(1 - fault.share)
    return mean, tails(least - 1, float(left.mean[0]), float(left.variance[0]))[0]
