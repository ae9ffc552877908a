"""What cohorts brought, and the life cycle, held against everybody counted by himself, on both engines."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import Grain, Period, bucket_start
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.alone.files import picture
from zoco.ledger.pictures.balances import KINDS, balance
from zoco.ledger.pictures.curves import NARROW
from zoco.ledger.pictures.grids import grid
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import both
from zoco.ledger.tests.reports.made import PAGE, ZONE
from zoco.monitor.tests.cohorts.test_returns import DEEDS, NOW, ORDER, SITE, made
from zoco.stats.means import mean_bounds

pytestmark = pytest.mark.usefixtures("known_goals")
GOALS = (Goal("Shelf", "page", "/a"), Goal("Order", "event", event=ORDER))
PERIOD = Period.parse("2024-03-20..2024-04-17", ZONE)
SUNDAY, MOST, MANY, BUYERS = 6, 12, 30, 20


def priced(facts: list[Fact]) -> Iterator[Fact]:
    """Give each order a price and a number, and give back half of every third one, weeks later."""
    for number, each in enumerate(facts):
        if each.name != ORDER:
            yield each
            continue
        cents = Decimal(1_000 + number * 37 % 9_000) / 100
        about: dict[str, Any] = {"subject_kind": "order", "subject": f"A{number}", "site": SITE.id}
        yield Fact(id=each.id, occurred_at=each.occurred_at, visitor=each.visitor, name=ORDER, origin="log",
                   amount_site=cents, **about)  # fmt: skip
        if number % 3 == 0:
            at = each.occurred_at + 30 * 86_400_000_000
            yield Fact(id=uuid8(at, number, b"back"), occurred_at=at, visitor=0, origin="server",
                       name="shop.order.refunded", amount_site=-cents / 2, **about)  # fmt: skip


FACTS = list(priced(made(3, 400)))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("since"), FACTS, [SITE]) as opened:
        yield opened


def step_of(at: int, grain: Grain) -> date:
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(ZONE)).date()
    return bucket_start(day, grain, SUNDAY)


def next_of(step: date, grain: Grain) -> date:
    return bucket_start(step + timedelta(days={"day": 1, "week": 7, "month": 31}[grain]), grain, SUNDAY)


def mine_of() -> dict[int, list[Fact]]:
    found = defaultdict(list)
    for each in sorted(FACTS, key=lambda fact: fact.occurred_at):
        if each.visitor:
            found[each.visitor].append(each)
    return found


def net_of(order: Fact) -> Decimal:
    assert order.amount_site is not None
    is_given_back = int(str(order.subject)[1:]) % 3 == 0
    return order.amount_site / 2 if is_given_back else order.amount_site


def brought(grain: Grain, first: str, kind: str) -> dict[tuple[date, int], list[Decimal]]:
    """Return for each cohort and step that is over what each of its people brought."""
    newest = step_of(max(each.occurred_at for each in FACTS), grain)
    found: dict[tuple[date, int], list[Decimal]] = defaultdict(list)
    for facts in mine_of().values():
        began = next((each.occurred_at for each in facts if DEEDS[first](each)), PERIOD.end)
        if not PERIOD.start <= began < PERIOD.end:
            continue
        cohort = step = step_of(began, grain)
        orders = [each for each in facts if each.name == ORDER and each.occurred_at >= began]
        for number in range(MOST + 1):
            if step >= newest:
                break
            inside = [
                net_of(each)
                for each in orders
                if (own := step_of(each.occurred_at, grain)) == step or (kind == "so_far" and own < step)
            ]
            found[cohort, number].append(sum(inside, Decimal(0)))
            step = next_of(step, grain)
    return found


@pytest.mark.parametrize(
    ("grain", "first", "kind"), list(product(("day", "week", "month"), ("", "Order"), ("step", "so_far")))
)
def test_what_a_cohort_brought_is_the_sum_of_what_its_people_did(
    stores: dict[str, Store], grain: Grain, first: str, kind: str
) -> None:
    expected = brought(grain, first, kind)
    question = Question(SITE, PERIOD, size=10_000, params={"grain": grain, "first": first, "kind": kind})

    for store in stores.values():
        answer: Any = ask(report_named("cohort_revenue"), question, store=store, now=NOW)

        told = {(row.key["cohort"].date(), row.key["step"]): row.values for row in answer.rows}
        over = {key: values for key, values in told.items() if values["revenue"] is not None}
        assert {key: (values["people"], values["revenue"]) for key, values in over.items()} == {
            key: (len(amounts), sum(amounts)) for key, amounts in expected.items()
        }
        for key, amounts in expected.items():
            _bounds_are_right(over[key], np.array(amounts, dtype=float))
        assert all(values["each"] is None for key, values in told.items() if key not in expected)
    assert any(len(amounts) >= MANY for amounts in expected.values()) or grain == "day"


def _bounds_are_right(values: Any, amounts: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    assert float(values["each"]) == pytest.approx(amounts.mean(), abs=1e-4)
    if len(amounts) < MANY or np.count_nonzero(amounts) < BUYERS:
        assert values["each_low"] is None
        assert values["each_high"] is None
        return
    half = 1.959963985 * amounts.std(ddof=1) / len(amounts) ** 0.5
    low, high = float(values["each_low"]), float(values["each_high"])
    assert (low, high) == pytest.approx((amounts.mean() - half, amounts.mean() + half), abs=2e-4)


def test_the_grid_shows_what_each_person_brought(stores: dict[str, Store]) -> None:
    question = Question(SITE, PERIOD, size=10_000, params={"grain": "month", "first": "Order"})

    drawn = grid(ask(report_named("cohort_revenue"), question, store=stores["duckdb"], now=NOW))

    assert drawn is not None
    cell = drawn.rows[0].cells[0]
    assert cell.text.startswith("€")
    assert "95% interval from €" in cell.said


def lived(grain: Grain, fits: Any) -> dict[date, tuple[int, int, int, int | None]]:
    """Return new, returning, resurrected and dormant of each step, by everybody's own steps."""
    newest = step_of(max(each.occurred_at for each in FACTS), grain)
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for facts in mine_of().values():
        steps = sorted({step_of(each.occurred_at, grain) for each in facts if fits(each)})
        for number, step in enumerate(steps):
            before = steps[number - 1] if number else None
            kind = "new" if before is None else "stays" if next_of(before, grain) == step else "back"
            found[kind][step] += 1
            after = next_of(step, grain)
            if after not in steps:
                found["gone"][after] += 1
    step, told = step_of(PERIOD.start, grain), {}
    while step <= step_of(PERIOD.end - 1, grain):
        gone = found["gone"][step] if step < newest else None
        told[step] = (found["new"][step], found["stays"][step], found["back"][step], gone)
        step = next_of(step, grain)
    return told


@pytest.mark.parametrize(("grain", "back"), list(product(("day", "week", "month"), ("", "Order"))))
def test_everybody_lives_through_the_steps_in_which_he_came(
    stores: dict[str, Store], grain: Grain, back: str
) -> None:
    question = Question(SITE, PERIOD, size=10_000, params={"grain": grain, "back": back})

    for store in stores.values():
        answer: Any = ask(report_named("life_cycle"), question, store=store, now=NOW)

        names = ("new", "returning", "resurrected", "dormant")
        assert {
            row.key["bucket"].date(): tuple(row.values[name] for name in names) for row in answer.rows
        } == lived(grain, DEEDS[back])
        assert not any(row.is_cut for row in answer.rows)
        assert all(
            row.values["active"] == row.values["new"] + row.values["returning"] + row.values["resurrected"]
            for row in answer.rows
        )
        for row in answer.rows:
            came, gone = row.values["new"] + row.values["resurrected"], row.values["dormant"]
            assert row.values["quick"] == (pytest.approx(came / gone) if gone else None)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_nobody_is_dormant_yet_in_the_step_that_still_goes_on(stores: dict[str, Store], grain: Grain) -> None:
    newest = step_of(max(each.occurred_at for each in FACTS), grain)
    period = Period(PERIOD.first, next_of(newest, grain) - timedelta(days=1), PERIOD.zone)
    question = Question(SITE, period, size=10_000, params={"grain": grain})

    for store in stores.values():
        answer: Any = ask(report_named("life_cycle"), question, store=store, now=NOW)

        told = {row.key["bucket"].date(): row.values for row in answer.rows}
        assert (told[newest]["dormant"], told[newest]["quick"]) == (None, None)
        assert all(
            each["dormant"] is not None for step, each in told.items() if each["active"] and step != newest
        )
        assert max(step for step, each in told.items() if each["active"] and step != newest) > PERIOD.last


def test_the_balance_draws_each_kind_as_high_as_it_is(stores: dict[str, Store]) -> None:
    question = Question(SITE, PERIOD, size=100, params={"grain": "week"})
    answer: Any = ask(report_named("life_cycle"), question, store=stores["duckdb"], now=NOW)

    drawn = balance(answer)

    assert drawn is not None
    boxes = re.findall(r'height="([0-9.]+)" class="bal (h5|h4|h2|out)"', drawn.drawn)
    highs = {ground: [float(high) for high, of in boxes if of == ground][1:] for ground in KINDS.values()}
    kinds = {ground: [row.values[name] for row in answer.rows] for name, ground in KINDS.items()}
    for ground, values in kinds.items():
        each = [value for value in values if value]
        assert len(each) == len(highs[ground])
        assert np.array(highs[ground]) / each == pytest.approx(highs["h5"][0] / kinds["h5"][0], rel=0.02)
    ElementTree.fromstring(picture(answer, drawn="", filters="", now=NOW))
    assert "Dormant" in drawn.svg.wide


def test_the_balance_for_phones_is_no_wider_than_they_are(stores: dict[str, Store]) -> None:
    question = Question(SITE, PERIOD, size=100, params={"grain": "week"})
    answer: Any = ask(report_named("life_cycle"), question, store=stores["duckdb"], now=NOW)

    drawn = balance(answer)

    assert drawn is not None
    root = ElementTree.fromstring(drawn.svg.narrow)
    boxes = [each for each in root.iter() if each.tag.endswith("rect")]
    rights = [float(each.attrib["x"]) + float(each.attrib["width"]) for each in boxes]
    assert root.attrib["width"] == str(NARROW)
    assert len(boxes) == drawn.svg.wide.count("<rect")
    assert max(rights) <= NARROW + 0.1
    keys = [each for each in root.iter() if each.attrib.get("class") == "ink"]
    assert len({each.attrib["y"] for each in keys}) == 2, "four kinds do not fit in one line"
    assert len({each.attrib["x"] for each in keys}) > 2


def test_the_balance_says_the_newest_step_that_is_over_or_that_none_is(stores: dict[str, Store]) -> None:
    question = Question(SITE, PERIOD, size=100, params={"grain": "week"})
    answer: Any = ask(report_named("life_cycle"), question, store=stores["duckdb"], now=NOW)
    steps = sorted(answer.rows, key=lambda row: row.key["bucket"])
    over = steps[-2].values["dormant"]

    last_open = balance(replace(answer, rows=[*steps[:-1], _opened(steps[-1])]))
    all_open = balance(replace(answer, rows=[_opened(row) for row in steps]))

    assert last_open is not None
    assert all_open is not None
    said = [
        each.svg.wide.partition("aria-label=")[2].partition("viewBox")[0] for each in (last_open, all_open)
    ]
    assert said[0].startswith('"The newest step that is over: New ')
    assert f"Dormant {over}. The table below" in said[0]
    assert said[1].startswith('"No step is over yet; the newest so far: New ')
    assert "Dormant" not in said[1]


def _opened(row: Any) -> Any:
    return replace(row, values={**row.values, "dormant": None, "quick": None})


def test_a_life_under_a_filter_is_that_of_what_fits(stores: dict[str, Store]) -> None:
    fits = Filter("path", "is", ("/b",))
    question = Question(SITE, PERIOD, filters=(fits,), size=100, params={"grain": "week"})

    answer: Any = ask(report_named("life_cycle"), question, store=stores["duckdb"], now=NOW)

    assert {row.key["bucket"].date(): row.values["new"] for row in answer.rows} == {
        step: told[0]
        for step, told in lived("week", lambda each: each.name == PAGE and each.path == "/b").items()
    }


def test_bounds_of_a_mean_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    drawn = rng.gamma(2.0, 10.0, (4_000, 60))  # skewed, as money is; the true mean is 20

    low, high = mean_bounds(drawn.sum(1), (drawn**2).sum(1), np.full(4_000, 60.0))

    assert ((low <= 20) & (high >= 20)).mean() == pytest.approx(0.94, abs=0.015)
    assert mean_bounds(12.0, 36.0, 4.0) == (3.0, 3.0)
