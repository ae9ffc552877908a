"""A site whose collector knows its browsers, and a survey on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.ledger.store.opening import close
from zoco.sites import reads
from zoco.sites.services import sites_publish
from zoco.surveys.models import Survey
from zoco.surveys.taking import counting, tickets, views
from zoco.surveys.tests.made import site_made, survey_running


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    views.pace.clear()
    tickets.browsers.clear()
    counting.held.clear()
    close()
    site_made()
    reads.forget()
    sites_publish()
    yield survey_running()
    close()
    reads.forget()
    views.pace.clear()
    tickets.browsers.clear()
    counting.held.clear()
