"""pytest plug-in of this repository: what is imported and collected for a run is never searched for garbage.

It lives as long as the run does. To look through its half a million objects again and again took a
twentieth of the time of all tests.
"""

import gc

import pytest

THRESHOLDS = (10_000, 20, 50)
"""Objects made before young ones are looked through, and how often that before older ones are."""

gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
