"""Fixtures of the stores' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.tests.store.engine_facts import opened


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an engine on an empty folder."""
    engine = opened(tmp_path)
    yield engine
    engine.close()
