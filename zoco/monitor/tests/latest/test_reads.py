"""The last facts and refusals, on facts counted by hand: which, in what order, with which filters."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import cluster
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.latest.reads import MOST, Wanted, latest
from zoco.monitor.latest.said import MEND, Line, line, mark

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


def come(seconds_ago: int, visitor: int, path: str, *, late: int = 0, **more: object) -> Fact:
    """Return a fact that came in so many seconds ago, and happened `late` seconds before that."""
    came = NOW - timedelta(seconds=seconds_ago)
    happened = came - timedelta(seconds=late)
    local = f"{happened:%Y-%m-%d %H:%M:%S}"
    given = {
        "name": "web.page.viewed",
        "origin": "tracker",
        "host": "shop.example",
        "received_at": micros(came),
    }
    return fact(local, visitor, path, zone="UTC", **given | more)


REFUSED: dict[str, Any] = {
    "name": "collector.fact.refused",
    "verdict": "server",
    "origin": "server",
    "status": 0,
}
FACTS = [
    come(90_000, 1, "/long-ago"),
    come(60, 1, "/", channel="organic_search", source="google", medium="organic"),
    come(50, 2, "/Honey", host="www.shop.example"),
    come(40, 1, "/", name="web.event.sent", subject="sign up", props={"plan": "gold"}),
    come(30, 90, "/", verdict="bot", reason="Googlebot"),
    come(20, 0, "", reason="unknown_host", quantity=3, **REFUSED | {"host": "else.example"}),
    come(15, 0, "", name="collector.facts.taken", quantity=9, verdict="server", origin="server"),
    come(10, 1, "/left", late=7_200),
    come(5, 1, "/of-another-site", site=2),
    come(4, 0, "/nobodys", reason="unknown_host", **REFUSED | {"host": "strange.example"}, site=0),
    come(3, 0, "/merged", name="people.person.merged", verdict="server", origin="server", site=0),
]
EVERY = ["/left", "", "/", "/", "/Honey", "/"]


@pytest.fixture(autouse=True)
def _nobody_asks() -> None:
    """Whoever asked before in this process is gone."""
    sitebook.only(None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("latest"), FACTS) as made:
        yield made


def paths(store: Store, wanted: Wanted) -> list[str]:
    return [row["path"] for row in latest(SITE, wanted, now=NOW, store=store)]


def test_the_last_day_as_it_came_in_with_refusals_and_bots(store: Store) -> None:
    assert paths(store, Wanted()) == EVERY


def test_refusals_of_no_site_are_for_those_who_see_all(store: Store) -> None:
    try:
        sitebook.only(None, asks=True)
        assert paths(store, Wanted()) == ["/nobodys", *EVERY]
        sitebook.only(["shop"], asks=True)
        assert paths(store, Wanted()) == EVERY
    finally:
        sitebook.only(None)


def test_both_engines_agree(store: Store, tmp_path: Path) -> None:
    wanted = Wanted("sHoP", visitors=frozenset({1}))

    with cluster(tmp_path, FACTS) as other:
        assert paths(other, Wanted()) == EVERY
        assert paths(other, wanted) == paths(store, wanted) == ["/left", "/", "/"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(host="www.shop.example"), ["/Honey"]),
        (Wanted("honey"), ["/Honey"]),
        (Wanted("SIGN"), ["/"]),
        (Wanted("unknown_host"), [""]),
        (Wanted("googlebot"), ["/"]),
        (Wanted(visitors=frozenset({2})), ["", "/Honey"]),
        (Wanted(visitors=frozenset()), [""]),
        (Wanted("%"), []),
    ],
)
def test_filters(store: Store, wanted: Wanted, found: list[str]) -> None:
    assert paths(store, wanted) == found


def test_no_more_than_a_hundred(tmp_path: Path) -> None:
    with ledger(tmp_path, [come(number + 1, 1, f"/{number}") for number in range(MOST + 20)]) as many:
        assert paths(many, Wanted()) == [f"/{number}" for number in range(MOST)]


def lines(store: Store) -> dict[str, Line]:
    rows = latest(SITE, Wanted(), now=NOW, store=store)
    return {line(row, SITE, frozenset({1})).name: line(row, SITE, frozenset({1})) for row in reversed(rows)}


def test_lines_say_verdict_reason_and_what_to_do(store: Store) -> None:
    refused, event = lines(store)["Refused 3 times"], lines(store)["Event"]

    assert (refused.verdict, refused.reason) == ("Not counted", "No site has this host name")
    assert (refused.mend, refused.address) == ("Add the host to the host names of its site.", "else.example")
    assert (event.subject, event.props, event.is_mine) == ("sign up", '{\n "plan": "gold"\n}', True)
    assert (event.visitor, mark(0), len(mark(2**63 - 1))) == ("000001", "", 6)
    assert lines(store)["Page viewed (tracker)"].late == "happened 28\u00a0Mar\u00a02026, 10:59:50"


def test_every_reason_of_the_collector_says_what_to_do() -> None:
    from zoco.collector.live.answers import _STATUS
    from zoco.collector.reasons import Reason

    of_logs = {"unreadable", "too_long", "torn", "bad_date", "implausible_date", "bad_status", "bad_request"}
    assert {each.value for each in Reason} - of_logs == set(MEND)
    assert {each.value for each in _STATUS} <= set(MEND)
