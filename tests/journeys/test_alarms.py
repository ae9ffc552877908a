"""An alarm is set, a fault comes in, its incident is seen with its picture and acknowledged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.test_accessible import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
HOUR = datetime(2016, 3, 7, 12, tzinfo=UTC)


def spoil(site: Any) -> None:
    """Write five weeks of page views, the last day without Spain, and look as the worker does."""
    import os
    from pathlib import Path

    from zoco.ledger.schema import encoder
    from zoco.ledger.spool import BulkSegment
    from zoco.ledger.store.opening import store
    from zoco.monitor.alarms import running
    from zoco.testing.factories import fact

    with BulkSegment(Path(os.environ["ZOCO_DATA"]) / "spool", "alarms") as segment:
        for number in range(35 * 144):
            at = HOUR - timedelta(minutes=10 * number)
            country = ("ES", "ES", "FR")[number % 3]
            if country == "ES" and number < 144:
                continue
            made = fact(at=at, site=site.pk, name="web.page.served", visitor=number + 1, country=country)
            segment.write(encoder.encode(made) + b"\n")
    opened = store()
    opened.drain()
    running.alarms_look(now=HOUR + timedelta(minutes=6), store=opened)


def test_an_alarm_is_set_and_its_incident_seen_and_acknowledged(visit: Open, site: Any) -> None:
    page = visit("/admin/incidents/")
    expect(page.get_by_text("No alarm is set.")).to_be_visible()
    page.get_by_role("button", name="Set the usual alarms").click()
    expect(page.get_by_text("Not looked at yet").first).to_be_visible()

    spoil(site)
    page.reload()
    page.get_by_role("link", name="Visits fell on Honey shop: Country ES").click()

    expect(page.get_by_role("img", name="Visits fell on Honey shop: Country ES")).to_be_visible()
    expect(page.locator("main p").filter(has_text="Most of it is Country ES")).to_be_visible()
    assert violations(page, "an incident") == []
    page.get_by_role("button", name="I have seen it").click()
    expect(page.get_by_text("ana,")).to_be_visible()
    page.get_by_role("link", name="Open the report of this part").click()
    expect(page.get_by_role("link", name="Remove the filter: Country is Spain")).to_be_visible()
