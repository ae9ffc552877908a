"""What tests of flows share."""

import pytest

from zoco.ledger.asking import goals


@pytest.fixture
def known_goals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the goals of the test's file known in place of those of the database."""
    monkeypatch.setattr(goals, "_providers", [lambda _site: request.module.GOALS])
