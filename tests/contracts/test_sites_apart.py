"""Sites share written statements and get their own figures, never each other's.

Over every report that is registered. What a site ought to get is asked of a ledger in which there is nothing
but its own facts: a statement for another site finds nothing there, and one for all sites too much elsewhere.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.contracts import many_facts
from tests.contracts.agreement import CONVERSIONS, COSTS, FUNNELS, GOALS, differences
from tests.contracts.many_facts import CHANGES, with_deeds, write_spool
from zoco.campaigns.reports import spent
from zoco.kit.periods import Period, micros
from zoco.ledger.asking import goals
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.now import people_now
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements import kept, statement, templates
from zoco.ledger.report import Report, reports_all
from zoco.ledger.schema import Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.monitor.reports.conversions import defined
from zoco.monitor.reports.funnels import drawn

pytestmark = pytest.mark.timeout(300)
ZONE = "Europe/Madrid"
SITES = (
    SiteInfo(1, "one", "One", ZONE, "EUR", 0, "tracker", False, ("one.example",)),
    SiteInfo(2, "it's", 'T"wo\\', ZONE, "USD", 0, "tracker", False, ("www.linking.example", "two.example")),
    SiteInfo(
        2_000_000_003, "three", "Three", ZONE, "JPY", 3, "log", True, (),
        ((date(2026, 1, 1), "tracker"), (date(2026, 6, 1), "log"), (date(2026, 9, 1), "import")),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Ledgers:
    """All facts in one, and each site's facts alone in one of its own."""

    facts: list[Fact]
    all: DuckStore
    each: dict[int, DuckStore]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledgers]:
    folder = tmp_path_factory.mktemp("apart")
    keys = [site.id for site in SITES]
    made = many_facts.facts_many(9_000, 900, seed=7)
    found = [with_deeds(replace(fact, site=keys[fact.visitor % 3])) for fact in made]
    whole, each = DuckStore(folder / "all", lead=True), {}
    write_spool(folder / "all" / "spool", found)
    for key in keys:
        each[key] = DuckStore(folder / str(key), lead=True)
        write_spool(folder / str(key) / "spool", [fact for fact in found if fact.site == key])
    for store in (whole, *each.values()):
        store.drain()
    yield Ledgers(found, whole, each)
    for store in (whole, *each.values()):
        store.close()


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement kept, in memory or on disk, and goals for every site."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(templates, "_held", type(templates._held)())
    monkeypatch.setattr(kept, "_read", set())
    monkeypatch.setattr(goals, "_providers", [lambda site: GOALS])
    monkeypatch.setattr(drawn, "_providers", FUNNELS)
    monkeypatch.setattr(spent, "_providers", COSTS)
    monkeypatch.setattr(defined, "_providers", CONVERSIONS)
    for written in (statement.page_sql, statement.curve_sql):
        written.cache_clear()


def by_chance(report: Report, site: SiteInfo, rng: random.Random) -> Question:
    """Give a question put together by chance."""
    word = rng.choice(("phone", "desktop", "it's"))
    filters = rng.choice(((), (Filter("device", rng.choice(("is", "is_not", "contains")), (word,)),)))
    day = rng.choice(CHANGES[ZONE])
    period = rng.choice((Period(day, day, ZONE), Period(date(2026, 5, 20), date(2026, 9, 20), ZONE)))
    grains = [name for each in report.parameters if each.name == "grain" for name, _label in each.choices]
    grain = {"grain": rng.choice(grains) if period.days == 1 else "week"} if grains else {}
    guard = Guard(rng.choice((0, 3)), filters) if report.crowd and rng.random() < 0.3 else None
    return Question(
        site,
        period,
        verdicts=rng.choice(("people", "all")) if guard is None else "people",
        filters=filters,
        size=10_000,
        params=grain,
        guard=guard,
    )


def test_every_site_gets_its_own_figures_of_every_report(ledgers: Ledgers) -> None:
    rng = random.Random(5)
    rows: Counter[str] = Counter()
    whole = Period(date(2026, 2, 26), date(2026, 11, 8), ZONE)

    for report in reports_all():
        asked = by_chance(report, SITES[2], rng)
        for question in (Question(SITES[0], whole, size=10_000), asked):
            # Two share a statement; the third, which counts in another way each season, has one of its own.
            for site in rng.sample(SITES[:2], 2) if question is not asked else rng.sample(SITES, 3):
                about = replaced(question, site=site)
                answers = [ask(report, about, store=one) for one in (ledgers.all, ledgers.each[site.id])]
                found = differences((answers[0], answers[1]))
                assert not found, f"{report.key} of {site.slug}, {about}: {found}"
                rows[report.key] += answers[0].total_rows

    assert min(rows.values()) > 0, rows


def test_who_is_here_now_is_counted_of_each_site(ledgers: Ledgers) -> None:
    busy = sorted(fact.occurred_at for fact in ledgers.facts if fact.verdict == "human" and fact.visitor)
    at = datetime.fromtimestamp(busy[len(busy) // 2] / 1_000_000, UTC)
    by_hand = {site.id: set[int]() for site in SITES}
    for fact in ledgers.facts:
        if micros(at) - 300_000_000 <= fact.occurred_at <= micros(at) and fact.verdict == "human":
            by_hand[fact.site] |= {fact.visitor} - {0}

    for site in SITES:
        asked = Question(site, Period(date(2026, 5, 1), date(2026, 5, 2), ZONE))
        assert people_now(asked, now=at, store=ledgers.all) == len(by_hand[site.id])
