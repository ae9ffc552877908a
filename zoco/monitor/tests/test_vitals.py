"""Core Web Vitals on drawn page loads, against numpy, on both engines."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from zoco.ledger import expr
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.tests.reports.made import PERIOD, fact, ledger
from zoco.monitor.reports.vitals import template
from zoco.monitor.tests.test_reports import NOW, answered, table
from zoco.stats.quantiles import ranks

PHONE, DESKTOP = {"device": "phone"}, {"device": "desktop"}


def loads(path: str, count: int, seed: int, **more: str) -> tuple[list[Fact], list[dict[str, float]]]:
    """Return so many page loads of the days from 28 March, and what was measured; some without INP."""
    rnd = np.random.default_rng(seed)
    facts, figures = [], []
    for number in range(count):
        measured = {
            "lcp": round(float(rnd.lognormal(7.6, 0.5)), 1),
            "cls": round(float(rnd.exponential(0.08)), 4),
        }
        if number % 3:
            measured["inp"] = float(rnd.integers(2, 90) * 8)
        at = f"2026-03-{28 + number % 2} {10 + number // 1000:02}:{number // 60 % 60:02}:{number % 60:02}"
        where = path.format(number)
        facts.append(fact(at, number + 1, where, name="web.vitals.measured", props=measured, **more))
        figures.append(measured)
    return facts, figures


POSTS, POSTS_SEEN = loads("/blog/a-post-of-number-{}/", 211, 1, **PHONE)
ITEMS, ITEMS_SEEN = loads("/item/{}", 128, 2, **DESKTOP)
FEW, _ = loads("/about/", 49, 3, **DESKTOP)
FACTS = [*POSTS, *ITEMS, *FEW, fact("2026-03-28 09:00:00", 900, "/about/")]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("vitals"), FACTS) as made:
        yield made


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with engines.cluster(tmp_path_factory.mktemp("cluster"), FACTS) as made:
        yield made


def expected(seen: list[dict[str, float]], vital: str, good: float) -> tuple[float, float, float, float, int]:
    values = np.sort([each[vital] for each in seen if vital in each])
    low, high = (int(np.ceil(rank)) for rank in ranks(len(values), 0.75))
    share = float((values <= good).mean())
    return float(np.quantile(values, 0.75)), values[low - 1], values[high - 1], share, len(values)


@pytest.mark.parametrize(("vital", "good"), [("lcp", 2500), ("inp", 200), ("cls", 0.1)])
def test_kinds_of_pages_on_each_device_equal_numpy(
    store: Store, cluster: Store, vital: str, good: float
) -> None:
    report = report_named("vitals-by-page")
    question = Question.from_address({"period": PERIOD, "vital": vital}, report=report, now=NOW)

    for engine in (store, cluster):
        posts, items, few = table(ask(report, question, store=engine, now=NOW))

        assert posts == ("/blog/(name)/", "phone", *map(pytest.approx, expected(POSTS_SEEN, vital, good)))
        assert items == ("/item/(number)", "desktop", *map(pytest.approx, expected(ITEMS_SEEN, vital, good)))
        # 49 loads, of which two in three have an INP
        assert few == ("/about/", "desktop", None, None, None, None, 32 if vital == "inp" else 49)


def test_over_time_a_day_without_enough_loads_has_no_figure(store: Store, cluster: Store) -> None:
    report = report_named("vitals")
    asked = {"period": PERIOD, "f.device": "phone", "compare": "none"}
    question = Question.from_address(asked, report=report, now=NOW)

    for engine in (store, cluster):
        answer = ask(report, question, store=engine, now=NOW)

        first, second, third = answer.rows
        assert [*first.values.values()] == pytest.approx(expected(POSTS_SEEN[::2], "lcp", 2500))
        assert [*second.values.values()] == pytest.approx(expected(POSTS_SEEN[1::2], "lcp", 2500))
        assert [*third.values.values()] == [None, None, None, None, 0]
        assert [*answer.overall.values()] == pytest.approx(expected(POSTS_SEEN, "lcp", 2500))


def test_what_nobody_measured_has_no_rows(store: Store) -> None:
    assert answered(store, "vitals-by-page", vital="ttfb").rows == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "/"),
        ("/about-us/", "/about-us/"),
        ("/blog/how-we-work/", "/blog/(name)/"),
        ("/blog/2026/11/28/", "/blog/(number)/(number)/(number)/"),
        ("/item/42", "/item/(number)"),
        ("/v2/", "/v2/"),
        ("/o/3f2b8c1e-90aa-4b7c-8d55-0c1f2e3d4a5b", "/o/(number)"),
        ("/p/shoe-12345.html", "/p/(number)"),
        ("/новости/как-мы-работаем/", "/новости/(name)/"),
        ("/t/abcdefghijklmnopqrstuvwxyzabcdefgh", "/t/(name)"),
    ],
)
def test_paths_of_one_kind_have_one_name(path: str, kind: str) -> None:
    asked = expr.to_sql(template(expr.text(path)).name("kind").as_table(), "duckdb")

    with duckdb.connect() as con:
        assert con.execute(asked).fetchall() == [(kind,)]


def test_the_interval_holds_the_quantile_as_often_as_it_says() -> None:
    rnd = np.random.default_rng(5)
    held = 0
    for _number in range(2_000):
        values = np.sort(rnd.exponential(size=60))
        low, high = (int(np.ceil(rank)) for rank in ranks(60, 0.75))
        held += bool(values[low - 1] <= np.log(4) <= values[high - 1])

    assert 0.935 < held / 2_000 < 0.975
