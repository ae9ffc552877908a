"""The facts of `made`, once for each file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.tests.sharing.made import FACTS


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZOCO_DATA", str(folder))
        with ledger(folder, FACTS) as opened:
            yield opened
