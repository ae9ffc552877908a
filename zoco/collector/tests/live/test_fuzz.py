"""Ten thousand mutated requests; a million in benchmarks/collector_fuzz.py."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from zoco.collector.live.servers.waiting import WaitingCollector
from zoco.collector.tests.live.conftest import publish
from zoco.collector.tests.live.fuzzing import Spool, run


def test_no_request_breaks_the_collector_or_goes_uncounted(tmp_path: Path) -> None:
    publish(tmp_path / "sites.json", datetime.now(UTC).date())
    spool = Spool()
    collector = WaitingCollector(tmp_path / "sites.json", lambda: cast("Any", spool))

    *_, fuzz = run(collector, spool, 20_261_125, 10_000)

    assert fuzz.sent == 10_000
    assert fuzz.taken > 2_000
    assert fuzz.refused > 2_000
    assert len(collector.taking.tallies.refused_all) >= 9, "few reasons were met"
