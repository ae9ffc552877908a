"""What is left after refunds is one sum, to the cent: over all reports and letters' credit, on both engines.

Shops tell of refunds on a server, without visitor, region or campaign, on another day, and twice of one
order; products are sold again and again under one name.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.campaigns.reports import spent
from zoco.kit.ids import uuid8
from zoco.kit.periods import Period, micros
from zoco.ledger.asking import goals
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE
from zoco.mail.counting import credit
from zoco.monitor.attribution import counting
from zoco.monitor.reports.conversions import defined
from zoco.monitor.reports.conversions.defined import Definition
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel
from zoco.people.audiences.deeds import Span
from zoco.people.models import NUMBER_BASE
from zoco.stats.attribution import UNIT, Measure

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PERIOD = "2026-03-10..2026-03-20"
BEGINS = micros(datetime(2026, 3, 10, 8, tzinfo=UTC))
HOUR = 3_600_000_000
ORDER, REFUND, VIEW = "shop.order.placed", "shop.order.refunded", "web.page.served"
ORDERED = Goal("Order", "event", event=ORDER)
SEEN = Goal("Seen", "page", "/**")


def made(seed: int) -> list[Fact]:
    """Make visits that buy, and what was given back of it; all of it by people who are known by number."""
    rng = random.Random(seed)
    found: list[Fact] = []

    def add(at: int, name: str, **more: Any) -> None:
        key = uuid8(at, len(found), name.encode())
        given: dict[str, Any] = {"site": SITE.id, "origin": "log", "currency": "EUR", "status": 200, **more}
        found.append(Fact(id=key, occurred_at=at, name=name, **given))

    for n in range(120):
        at = BEGINS + rng.randrange(240) * HOUR
        came = {
            "visitor": n + 1, "person": NUMBER_BASE + n + 1, "path": "/", "country": "ES",
            "region": rng.choice(("Madrid", "Soria")), "source": "google", "channel": "paid_search",
            "campaign": rng.choice(("a", "b")),
        }  # fmt: skip
        add(at - HOUR // 60, VIEW, **came)
        cents = Decimal(rng.randrange(1, 20_000)) / 100
        is_product = n % 3 == 0
        about = {"subject_kind": "product", "subject": f"tea-{n % 2}"} if is_product else {
            "subject_kind": "order", "subject": f"N{n}"
        }  # fmt: skip
        add(at, ORDER, amount=cents, amount_site=cents, **about, **came)
        for part in range(rng.choice((0, 0, 1, 2))):
            back = -(cents / (part + 2)).quantize(Decimal("0.01"))
            late = at + rng.choice((1, 30, 24 * 40)) * HOUR
            add(late, REFUND, verdict="server", amount=back, amount_site=back, **about)
    # Of nothing that was sold, of what was sold only later, and of no subject at all.
    for subject in ("nothing", "N1", ""):
        add(
            BEGINS - HOUR,
            REFUND,
            amount=Decimal(-5),
            amount_site=Decimal(-5),
            subject_kind="order",
            subject=subject,
        )
    return found


FACTS = made(4)


def by_hand() -> Decimal:
    """Return what is left: each refund goes to the last sale before it of just what it names."""
    rows = sorted(FACTS, key=lambda each: (each.occurred_at, each.name == REFUND, str(each.id)))
    left: dict[Any, Decimal] = {}
    last: dict[tuple[str, str], Any] = {}
    for each in rows:
        about = (each.subject_kind, each.subject)
        if each.name == ORDER:
            left[each.id] = each.amount_site
            last[about] = each.id
        elif each.name == REFUND and each.subject and about in last:
            left[last[about]] += each.amount_site
    return sum(left.values(), Decimal(0))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("refunds"), FACTS) as opened:
        yield opened


@pytest.fixture(autouse=True)
def defined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    funnel = Funnel("Shop", (SEEN, ORDERED), 86_400)
    monkeypatch.setattr(goals, "_providers", [lambda _site: (ORDERED, SEEN)])
    monkeypatch.setattr(defined, "_providers", [lambda _site: Definition((ORDERED,), 30)])
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: funnel, lambda _site: (("1", "Shop"),))])
    monkeypatch.setattr(spent, "_providers", [lambda *_given: ""])


def total(store: Store, key: str, **address: str) -> Decimal:
    report = report_named(key)
    asked = Question.from_address(
        {"period": PERIOD, "size": "1000", "compare": "none", **address}, report=report, now=NOW
    )
    answer = ask(report, asked, store=store, now=NOW)
    if key == "funnel":
        return Decimal(str(answer.rows[-1].values["revenue"]))
    return sum((Decimal(str(row.values["revenue"] or 0)) for row in answer.rows), Decimal(0))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "address",
    [
        {"key": "conversions"},
        {"key": "conversion-paths"},
        {"key": "funnel"},
        {"key": "traffic"},
        {"key": "goals"},
        {"key": "channels"},
        {"key": "sources"},
        {"key": "tags"},
        {"key": "productivity"},
        {"key": "productivity", "by": "channel"},
        {"key": "productivity", "by": "creative"},
        {"key": "regional"},
        {"key": "regional", "grain": "month"},
    ],
    ids=lambda address: "-".join(address.values()),
)
def test_every_report_has_what_is_left(
    stores: dict[str, Store], engine: str, address: dict[str, str]
) -> None:
    assert total(stores[engine], **address) == by_hand()


@pytest.mark.parametrize("engine", ENGINES)
def test_letters_and_models_credit_what_is_left(stores: dict[str, Store], engine: str) -> None:
    store, whole = stores[engine], by_hand()
    deeds = store.query(credit._statement(ORDER, Span(BEGINS - 24 * HOUR, micros(NOW)), store.dialect))
    paths = counting.paths_of(SITE, Period.parse(PERIOD, "UTC"), Definition((ORDERED,), 30), "channel", store)

    assert sum((row["amount"] for row in deeds.to_pylist()), Decimal(0)) == whole
    assert Decimal(paths.total(Measure.REVENUE)) / UNIT == whole


@pytest.mark.parametrize("engine", ENGINES)
def test_refunds_stand_with_the_sale_that_they_are_of(stores: dict[str, Store], engine: str) -> None:
    store = stores[engine]
    report = report_named("productivity")
    asked = Question.from_address({"period": PERIOD, "f.campaign": "a"}, report=report, now=NOW)

    (row,) = ask(report, asked, store=store, now=NOW).rows

    of_one = {each.subject for each in FACTS if each.name == ORDER and each.campaign == "a"}
    gross = sum(each.amount_site for each in FACTS if each.name == ORDER and each.campaign == "a")
    assert len(of_one) > 20
    assert 0 < Decimal(str(row.values["revenue"])) < gross
    assert total(store, "traffic", grain="day", period="2026-03-01..2026-03-09") == 0
    assert total(store, "conversions", **{"f.campaign": "a"}) == row.values["revenue"]
