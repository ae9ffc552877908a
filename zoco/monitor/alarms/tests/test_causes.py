"""Which part it was, on counts made by hand."""

from datetime import datetime

import numpy as np
import pytest

from zoco.monitor.alarms.causes import cause_of
from zoco.monitor.alarms.cube import Cube, Cut, sections
from zoco.monitor.alarms.watched import MEASURES, PAGE, SECTION
from zoco.monitor.alarms.windows import Window

DAYS = 60


def test_a_section_in_another_is_not_counted_twice() -> None:
    counts = np.full((5, DAYS * 24), 4.0)
    counts[:2, -24:], counts[2, -24:] = 0.0, 2.0
    pages = Cut.of(("/zh/producto/a", "/zh/producto/b", "/zh/c", "/es/a", "/es/b"), counts)
    total = Cut(("",), pages.summed.sum(0, keepdims=True))
    first = datetime(2026, 5, 4)  # noqa: DTZ001 - wall-clock time has no zone
    cube = Cube(MEASURES["page_views"], first, total, {PAGE: pages, SECTION: sections(pages)})

    cause = cause_of(Window(cube, DAYS * 24, 24, 56), True, (SECTION,), 1.0)

    assert cause is not None
    assert (cause.dimension, cause.values, cause.seen) == (SECTION, ("/zh/producto/",), 0.0)
    assert (cause.expected, cause.explains) == pytest.approx((192.0, 0.8), rel=1e-3)
