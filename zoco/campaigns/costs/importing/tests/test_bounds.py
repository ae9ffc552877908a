"""How many sources the costs of a site may have, from files and typed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zoco.campaigns.costs.importing import running, steps
from zoco.campaigns.costs.importing.tests.made import imported, site_made
from zoco.campaigns.costs.services import cost_set
from zoco.campaigns.models import Campaign

pytestmark = pytest.mark.django_db
TABLE = "date,campaign,source,creative,amount\n2026-03-28,spring,google,a,20\n2026-03-29,brand,google,,10\n"


def test_a_source_with_control_characters_is_refused_and_said() -> None:
    site = site_made()

    run = imported(site, TABLE.replace("brand,google", "brand,goo\x01gle").encode())

    assert (run.counts["new"], run.plan["refused"]) == (1, 1)
    assert "A name holds control characters" in (running.RUNS.path_of(run.pk) / steps.REFUSED).read_text()


def test_sources_beyond_the_most_are_refused_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("importing.mapping", "services"):
        monkeypatch.setattr(f"zoco.campaigns.costs.{module}.SOURCES_MOST", 3)
    site = site_made()
    imported(site, TABLE.encode())
    table = "date,campaign,source,amount\n" + "".join(
        f"2026-03-30,spring,{source},1\n" for source in ("google", "two", "two", "three", "four", "five")
    )

    run = imported(site, table.encode())

    assert (run.counts["new"], run.plan) == (3, {"new": 3, "refused": 2, "rows": 4})
    assert (running.RUNS.path_of(run.pk) / steps.REFUSED).read_text().count("have at most") == 2
    campaign = Campaign.objects.get(code="spring").pk
    given: dict[str, Any] = {"on": date(2026, 3, 31), "currency": "EUR", "by": None, "at": timezone.now()}
    with pytest.raises(ValidationError, match="Take one that is there: google, three, two"):
        cost_set(campaign=campaign, source="four", amount=Decimal(1), **given)
    assert cost_set(campaign=campaign, source="two", amount=Decimal(1), **given).pk
