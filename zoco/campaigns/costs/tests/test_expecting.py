"""What plans expect of visits, on facts counted by hand: days that tell, forecasts, states, words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoco.campaigns.costs.expecting import expected
from zoco.campaigns.costs.plan_screens import plans_said
from zoco.campaigns.costs.planning import Progress, progress_of
from zoco.campaigns.costs.reads import days_over
from zoco.campaigns.models import Campaign, Plan
from zoco.campaigns.tests.test_reports import TRACKED, viewed
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.models import Goal
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.pace import pace

FIRST, LAST = date(2026, 2, 27), date(2026, 3, 27)
POSTER = {"source": "poster", "medium": "print", "campaign": "spring", "channel": "unassigned"}
BROUGHT = [day % 3 for day in range(1, 14)]
"""How many of the campaign's visitors converted on each day of March from the first to the 13th."""


def facts() -> Iterator[Any]:
    """Yield a visitor a day who only looked, those who converted, and others without the campaign.

    The last day is today: one more converted. On the 14th of March the site counted somebody else alone.
    """
    for day, count in enumerate([*BROUGHT, None, 1], 1):
        yield viewed(f"2026-03-{day:02} 09:00:00", 900 + day)
        if count is None:
            continue
        local = f"2026-03-{day:02} 10:00:00"
        yield viewed(local, day, **POSTER, amount_site=Decimal(10 if day < 14 else 0))
        for number in range(count):
            at = f"2026-03-{day:02} 11:0{number}:00"
            yield viewed(at, day * 20 + number, **POSTER).replace_path("/thanks")


@pytest.fixture(autouse=True)
def spring(tmp_path: Path, db: None) -> Iterator[Campaign]:
    with ledger(tmp_path, list(facts()), [TRACKED]):
        site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
        Goal.objects.create(site=site, name="Thanks", kind="page", pattern="/thanks")
        reads.forget()
        yield Campaign.objects.create(site=site, name="Spring", code="spring")
    reads.forget()
