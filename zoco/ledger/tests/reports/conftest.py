"""The hand-counted facts, once for each test file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder that ZOCO_DATA names."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZOCO_DATA", str(folder))
        yield folder


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    with ledger(data) as opened:
        yield opened
