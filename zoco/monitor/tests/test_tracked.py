"""Reports about what only the tracker tells, on a handful of facts counted by hand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from zoco.ledger import sitebook
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.tests.test_reports import answered, table

TRACKED = SiteInfo(1, "shop", "Shop", SITE.zone, "EUR", 0, "tracker", False, ("shop.example",))


def viewed(local: str, visitor: int, path: str, **more: Any) -> Any:
    return fact(local, visitor, path, name="web.page.viewed", **more)


def event(local: str, visitor: int, subject: str, **more: Any) -> Any:
    return fact(local, visitor, "/", name="web.event.sent", subject_kind="event", subject=subject, **more)


def refused(local: str, quantity: int, reason: str, host: str = "", **more: Any) -> Any:
    return fact(
        local, 0, reason + host, name="collector.fact.refused", verdict="server",
        quantity=quantity, reason=reason, host=host, **more,
    )  # fmt: skip


SERVER = {"origin": "server"}
FACTS = [
    viewed("2026-03-28 10:00:00", 1, "/", screen="<480"),
    viewed("2026-03-28 10:01:00", 1, "/a", screen="<480"),
    viewed("2026-03-28 11:00:00", 2, "/", screen="≥1920"),
    viewed("2026-03-28 12:00:00", 3, "/"),
    fact("2026-03-28 10:00:30", 1, "/", name="web.page.engaged", quantity=30_000),
    fact("2026-03-28 10:00:50", 1, "/", name="web.page.engaged", quantity=9_000),
    fact("2026-03-28 10:02:00", 1, "/nowhere", name="web.page.engaged", quantity=9_000),
    event("2026-03-28 10:03:00", 1, "buy", amount_site=Decimal("12.50")),
    event("2026-03-28 10:04:00", 1, "buy", amount_site=Decimal("-2.25")),
    event("2026-03-28 11:04:00", 2, "buy"),
    event("2026-03-28 11:05:00", 2, "sign up"),
    event("2026-03-28 11:06:00", 0, "sign up"),
    # of /, a load of 1 and one of 2 have a beacon, the second of 2 has none; one in a log is no load
    *(
        fact(f"2026-03-28 {at}", visitor, path, **SERVER)
        for at, visitor, path in (
            ("09:59:59", 1, "/"),
            ("11:00:01", 2, "/"),
            ("11:30:00", 2, "/"),
            ("12:30:00", 9, "/quiet"),
        )
    ),
    fact("2026-03-28 13:00:00", 9, "/quiet"),
    refused("2026-03-28 10:00:10", 5, "bad_props"),
    refused("2026-03-28 10:00:20", 2, "bad_props"),
    refused("2026-03-28 10:00:20", 4, "unknown_host", "other.example"),
    refused("2026-03-28 10:00:20", 3, "unknown_host", "nobodys.example", site=0),
]


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("tracked"), FACTS, [TRACKED]) as opened:
        yield opened


def test_events(tracked: Store) -> None:
    answer = answered(tracked, "events")

    assert table(answer) == [("buy", 2, 3, Decimal("10.25")), ("sign up", 1, 2, Decimal(0))]
    assert answer.totals == {"events": 5, "value": Decimal("10.25")}


def test_engagement_is_by_page_view(tracked: Store) -> None:
    assert table(answered(tracked, "engagement")) == [("/", 3, 13.0), ("/a", 1, None)]


def test_loads_without_a_beacon(tracked: Store) -> None:
    answer = answered(tracked, "beacons")

    assert [row[1:4] for row in table(answer)] == [(4, 2, 0.5), (0, 0, None), (0, 0, None)]
    assert [round(bound, 4) for bound in table(answer)[0][4:]] == [0.15, 0.85]
    assert answer.totals == {"loads": 4, "silent": 2}
    assert answer.overall["share"] == 0.5
    assert answered(tracked, "pages").totals == {"page_views": 4}


def test_screens(tracked: Store) -> None:
    assert table(answered(tracked, "screens")) == [("<480", 1, 2), ("≥1920", 1, 1)]


def test_refusals_add_up_whatever_verdicts_are_chosen(tracked: Store) -> None:
    rows = [("bad_props", "", 7), ("unknown_host", "other.example", 4)]
    assert table(answered(tracked, "refusals")) == rows
    assert table(answered(tracked, "refusals", verdicts="bots")) == rows


def test_hosts_that_no_site_has_are_for_those_who_see_all_sites(tracked: Store) -> None:
    try:
        sitebook.only(None, asks=True)
        all_sites = answered(tracked, "refusals")
        sitebook.only(["shop"], asks=True)
        limited = answered(tracked, "refusals")
    finally:
        sitebook.only(None)

    assert ("unknown_host", "nobodys.example", 3) in table(all_sites)
    assert "nobodys.example" not in str(table(limited)) + str(table(answered(tracked, "refusals")))


def test_every_reason_of_the_collector_has_words() -> None:
    from zoco.collector.reasons import Reason
    from zoco.ledger.pictures.labels import REFUSALS

    only_logs = {
        "unreadable",
        "too_long",
        "torn",
        "bad_date",
        "implausible_date",
        "bad_status",
        "bad_request",
    }
    assert {reason.value for reason in Reason} - only_logs == set(REFUSALS)
    assert report_named("refusals").verdicts == ("server",)
