"""Engagement under a guard: the figure that everybody with an account sees."""

from pathlib import Path

import pytest

from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.tests.sharing.made import FACTS
from zoco.monitor.tests.sharing.test_guard import asked


def test_engagement_is_told_as_it_is_without_a_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    spent = [
        fact(f"2026-03-28 10:09:{each:02}", each, "/", name="web.page.engaged", quantity=each * 8_000)
        for each in range(1, 9)
    ]

    with ledger(tmp_path, [*FACTS, *spent]) as store:
        answers = [asked(store, "traffic"), asked(store, "traffic", 0)]

    # 8 + 16 + … + 64 seconds in the 8 sessions of the 28th, and in all 13 of the period
    assert [answer.rows[0].values["engaged"] for answer in answers] == [36.0, 36.0]
    assert [answer.overall["engaged"] for answer in answers] == [pytest.approx(288 / 13)] * 2
