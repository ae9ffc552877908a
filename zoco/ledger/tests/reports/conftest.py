"""The hand-counted facts, once for each test file."""

from collections.abc import Iterator

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("data")) as opened:
        yield opened
