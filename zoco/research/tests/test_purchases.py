"""What people bought, by hand and on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest

from tests.contracts.many_facts import write_spool
from zoco.kit.periods import Period, micros
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store import chdb
from zoco.people.models import NUMBER_BASE
from zoco.research.purchases import Bought, Sold, local_days, span_of
from zoco.research.tests.bought import ANA, BEA, NOW, SITE, back, order, orders_made


@pytest.fixture(scope="module")
def many() -> list[Fact]:
    random = np.random.default_rng(5)
    found = list(orders_made())
    for number in range(3_000):
        day, hour, minute = (int(each) for each in random.integers((1, 0, 0), (29, 24, 60)))
        local = f"2026-02-{day:02d} {hour:02d}:{minute:02d}:00"
        found.append(order(local, int(random.integers(0, 300)) + 10, f"N{number}", f"{number % 97}.25"))
        if number % 11 == 0:
            found.append(back(local, f"N{number}", f"{number % 60}"))
    return found


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def store(
    request: pytest.FixtureRequest, many: list[Fact], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "duckdb":
        write_spool(folder / "spool", many)
        opened: Store = DuckStore(folder, lead=True)
    else:
        write_spool(folder, many)
        opened = chdb.opened(folder)
    opened.drain()
    yield opened
    opened.close()


def test_what_is_left_of_orders_is_each_persons(store: Store) -> None:
    bought = Bought.of(site=SITE, period=span_of(SITE, NOW, None), store=store)

    of = {int(key): place for place, key in enumerate(bought.people)}
    assert not {3, 4} & set(of), "a bot's order and one for nothing are no purchases"
    ana, bea = of[ANA], of[BEA]
    assert (bought.purchases[ana], bought.money[ana], bought.pieces[ana]) == (2, 30.0, 1)
    assert (bought.purchases[bea], bought.money[bea]) == (1, 5.0)
    assert local_days(bought.last[[ana]], SITE.zone) == [(date(2026, 3, 1) - date(1970, 1, 1)).days]


def test_all_sums_are_those_counted_one_by_one(store: Store, many: list[Fact]) -> None:
    bought = Bought.of(site=SITE, period=span_of(SITE, NOW, None), store=store)
    sold = Sold.of(site=SITE, period=span_of(SITE, NOW, None), store=store)

    counted = by_hand(many)
    assert bought.people.tolist() == sorted(each for each in counted if each)
    for place, key in enumerate(bought.people.tolist()):
        lines = counted[key]
        assert bought.purchases[place] == len(lines)
        assert bought.money[place] == pytest.approx(sum(money for _at, money in lines))
        assert bought.first[place] == min(at for at, _money in lines)
        assert bought.last[place] == max(at for at, _money in lines)
    assert sold.orders == sum(len(lines) for key, lines in counted.items() if key)
    assert (sold.other_orders, sold.other_money) == (1, 9.0)


def by_hand(facts: list[Fact]) -> dict[int, list[tuple[int, float]]]:
    placed: dict[str, Fact] = {}
    left: dict[str, float] = {}
    for each in facts:
        if each.verdict == "bot":
            continue
        number = f"{each.subject_kind} {each.subject or each.id}"
        left[number] = left.get(number, 0.0) + float(each.amount_site)
        if each.name == "shop.order.placed":
            placed[number] = each
    found: dict[int, list[tuple[int, float]]] = {}
    for number, each in placed.items():
        if left[number] > 0:
            key = each.person - NUMBER_BASE if each.person else 0
            found.setdefault(key, []).append((each.occurred_at, left[number]))
    return found


def test_what_lies_outside_the_period_is_none_of_it(store: Store) -> None:
    february = Period(date(2026, 2, 28), date(2026, 2, 28), SITE.zone)

    bought = Bought.of(site=SITE, period=february, store=store)
    nobody = Bought.of(site=SITE, period=span_of(SITE, NOW, 5), store=store)

    assert ANA not in bought.people, "half past midnight of 1 March in Madrid is February in UTC"
    assert len(bought) > 0
    assert len(nobody) == 0
    assert local_days(nobody.last, SITE.zone).tolist() == []


def test_what_is_given_back_after_the_period_is_taken_off_and_of_no_other_kind(store: Store) -> None:
    first_of_march = Period(date(2026, 3, 1), date(2026, 3, 1), SITE.zone)
    third = Period(date(2026, 1, 10), date(2026, 1, 10), SITE.zone)

    bought = Bought.of(site=SITE, period=first_of_march, store=store)
    january = Bought.of(site=SITE, period=third, store=store)
    cut_off = Period(
        date(2026, 3, 1), date(2026, 3, 1), SITE.zone, until=micros(datetime(2026, 3, 1, 12, tzinfo=UTC))
    )
    as_then = Bought.of(site=SITE, period=cut_off, store=store)

    assert (bought.people.tolist(), bought.money.tolist()) == ([ANA], [10.0])
    assert (january.people.tolist(), january.money.tolist()) == ([ANA], [20.0]), "a product is called A1 too"
    assert as_then.money.tolist() == [15.0]


def test_now_is_the_last_moment_that_counts() -> None:
    period = span_of(SITE, NOW, 30)

    assert (period.first, period.last, period.end) == (date(2026, 3, 2), date(2026, 3, 31), micros(NOW))
