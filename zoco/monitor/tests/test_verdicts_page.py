"""The page of verdicts: how many of each, what the rule says, the facts behind, the run over the history."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoco.collector.behaviour.reasons import REASONS
from zoco.collector.lists import ranges
from zoco.collector.steps.blocking import FROM_OFFICE, MARKED
from zoco.collector.steps.shape import NO_BROWSER, NO_ENGINE, NO_PLATFORM
from zoco.collector.steps.verdict import DRIVEN, NO_USER_AGENT
from zoco.kit.ids import uuid7
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store import opening
from zoco.monitor.latest import rules
from zoco.monitor.latest.rules import RULES, meaning_of
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site, SourceRun

pytestmark = pytest.mark.django_db
PAGE = "/admin/verdicts/"


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    (tmp_path / "keys").mkdir(mode=0o700)
    made = Site.objects.create(slug="shop", name="Shop")
    reads.forget()
    yield made
    reads.forget()
    opening.close()


def put(folder: Path, site: Site, *judged: tuple[str, str]) -> None:
    """Put a page view of yesterday into the ledger for each verdict and reason."""
    at = micros(datetime.now(UTC) - timedelta(days=1))
    with BulkSegment(folder / "spool", "test") as segment:
        for verdict, reason in judged:
            fact = Fact(
                id=uuid7(at), site=site.pk, name="web.page.viewed", origin="tracker", occurred_at=at,
                received_at=at, verdict=verdict, reason=reason, path="/",
            )  # fmt: skip
            segment.write(encoder.encode(fact) + b"\n")
    opening.store().drain()


def test_it_counts_by_verdict_and_says_what_each_rule_means(site: Site, tmp_path: Path) -> None:
    put(
        tmp_path, site, ("human", ""), ("human", ""), ("bot", "Googlebot"), ("bot", "SomeBot"),
        ("bot", "Googlebot, from an address not its own"), ("spam", "semalt.com"),
        ("staff", FROM_OFFICE.reason),
    )  # fmt: skip

    owner = client_of("owner")
    shown = body(owner.get(PAGE))

    for said in (
        "Nothing speaks against a person",
        "the list of bots knows it",
        "calls itself a bot",
        "an address that is not the crawler’s",
        "on the list of spammers",
        "on the list of own staff",
        "None in this period.",
    ):
        assert said in shown
    where = re.search(r'href="([^"]*f\.reason=SomeBot)"', shown)
    assert where is not None
    facts = owner.get(where[1].replace("&amp;", "&"))
    assert "SomeBot" in body(facts)


def test_an_analyst_sees_neither_facts_nor_buttons_and_wrong_addresses_are_answered(site: Site) -> None:
    analyst = client_of("analyst")

    shown = body(analyst.get(PAGE, {"period": "nonsense"}))

    assert 'name="back"' not in shown
    assert analyst.get(PAGE, {"site": "nobody"}).status_code == 404
    refused = analyst.post("/admin/source-channels/shop/apply/", {"back": "verdicts"})
    assert (refused.status_code, refused.headers["location"]) == (302, "/admin/")
    assert not SourceRun.objects.exists()


def test_the_history_is_begun_from_here_and_the_page_comes_back(site: Site) -> None:
    marketer = client_of("marketer")

    begun = marketer.post("/admin/source-channels/shop/apply/", {"back": "verdicts"})

    assert begun["Location"] == f"{PAGE}?site=shop#history"
    assert SourceRun.objects.get().site == site
    assert "Waiting" in body(marketer.get(PAGE))


def test_every_rule_of_the_collector_is_explained() -> None:
    shapes = {NO_BROWSER, NO_PLATFORM, NO_ENGINE}

    assert {*REASONS, DRIVEN, NO_USER_AGENT, FROM_OFFICE.reason, MARKED.reason} | shapes <= set(RULES)
    assert rules.FORGED == ranges.FORGED
    assert all(meaning_of(verdict, "") for verdict in ("human", "bot", "ai", "headless", "spam", "staff"))
