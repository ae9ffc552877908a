"""The purchases of 2,357 customers of CDNOW, on which the models were published; not shipped."""

import os
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from zoco.stats.value.histories import Buyers, buyers_of

FILE = Path(os.environ.get("ZOCO_TEST_CDNOW", "../shared/data/clv/CDNOW_sample.txt"))
real_purchases = pytest.mark.skipif(not FILE.exists(), reason="real data is not on this machine")
CALIBRATION, WHOLE = 39, 78


@cache
def log() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return of each purchase the customer, the end of its day in weeks of 1997, and the dollars."""
    rows = [line.split() for line in FILE.read_text("ascii").splitlines() if line.strip()]
    days = [date(int(day[:4]), int(day[4:6]), int(day[6:])) - date(1996, 12, 31) for _, _, day, _, _ in rows]
    customers = np.array([int(number) for _, number, _, _, _ in rows])
    weeks = np.array([day.days / 7 for day in days])
    return customers, weeks, np.array([float(dollars) for _, _, _, _, dollars in rows])


@cache
def calibration() -> Buyers:
    """Return customers as they were known after 39 weeks."""
    return buyers_of(*log(), CALIBRATION)


@cache
def whole() -> Buyers:
    """Return customers as they are known after 78 weeks."""
    return buyers_of(*log(), WHOLE)
