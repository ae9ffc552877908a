"""The report of what comes before and after a fact, its Sankey and its file."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.goals import Goal
from zoco.ledger.pictures.alone.files import picture
from zoco.ledger.pictures.flows import flow
from zoco.ledger.report import ParameterWrong, report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE, fact
from zoco.monitor.tests.test_reports import NOW, answered, table

pytestmark = pytest.mark.usefixtures("known_goals")
ORDER = "shop.order.placed"
GOALS = (Goal("Order", "event", event=ORDER), Goal("Long", "engagement", seconds=60))
FACTS = [
    # visitor 1: / → /a, twice in a row → an order → /b; what belongs to a page by itself is no step
    fact("2026-03-28 10:00:00", 1, "/", device="phone"),
    fact("2026-03-28 10:01:00", 1, "/a"),
    fact("2026-03-28 10:02:00", 1, "/a"),
    fact("2026-03-28 10:02:00", 1, "/a", name="web.page.engaged", quantity=9_000),
    fact("2026-03-28 10:03:00", 1, "/till", name=ORDER, props={"plan": "gold", "n": 3}),
    fact("2026-03-28 10:04:00", 1, "/b"),
    # visitor 2: /c → / → /, and nothing more; once more the next day
    fact("2026-03-28 11:00:00", 2, "/c"),
    fact("2026-03-28 11:01:00", 2, "/"),
    fact("2026-03-28 11:02:00", 2, "/"),
    fact("2026-03-29 11:00:00", 2, "/"),
    fact("2026-03-29 11:01:00", 2, "/a"),
    # visitors 101 to 110 go on to a page each; two of them to the same
    *(fact(f"2026-03-29 12:{n:02}:00", 100 + n, "/") for n in range(1, 11)),
    *(fact(f"2026-03-29 12:{n:02}:30", 100 + n, f"/rare/{min(n, 9)}") for n in range(1, 11)),
    # the last visit there is, a bot, and nobody
    fact("2026-03-30 12:00:00", 3, "/"),
    fact("2026-03-28 12:00:00", 90, "/", verdict="bot"),
    fact("2026-03-28 12:00:00", 0, "/"),
]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("flows"), FACTS) as opened:
        yield opened


def asked(store: Store, **address: str) -> Answer:
    return answered(store, "flows", **{"fact": "/", **address})


def ways(answer: Answer) -> Counter[tuple[Any, ...]]:
    return Counter({row[:3]: row[3] for row in table(answer)})


@pytest.mark.parametrize("engine", ENGINES)
def test_after_the_home_page_by_visit(stores: dict[str, Store], engine: str) -> None:
    answer = asked(stores[engine])

    assert ways(answer) == {
        (1, "/", "/a"): 2,
        (1, "/", "/rare/9"): 2,
        **{(1, "/", f"/rare/{n}"): 1 for n in range(1, 7)},
        # the rarest are together: /rare/7 and /rare/8
        (1, "/", "…"): 2,
        (1, "/", "…ended"): 1,
        (1, "/", "…open"): 1,
        (2, "/a", "/b"): 1,
        (2, "/a", "…ended"): 1,
        (2, "/rare/9", "…ended"): 2,
        **{(2, f"/rare/{n}", "…ended"): 1 for n in range(1, 7)},
        (2, "…", "…ended"): 2,
        (3, "/b", "…ended"): 1,
    }
    shares = {row[:3]: row[4:] for row in table(answer)}
    assert shares[1, "/", "/a"] == (2 / 14, 2 / 14)
    assert shares[2, "/a", "/b"] == (1 / 14, 1 / 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_before_a_goal_by_fact_and_by_page(stores: dict[str, Store], engine: str) -> None:
    pages = ways(asked(stores[engine], side="before", goal="Order"))
    facts = ways(asked(stores[engine], side="before", goal="Order", what="fact"))

    assert pages == {(1, "/a", "Order"): 1, (2, "/", "/a"): 1, (3, "…began", "/"): 1}
    assert facts == {(1, "web.page.served", "Order"): 1, (2, "…began", "web.page.served"): 1}


def test_a_fact_with_properties_and_filters_of_the_fact_alone(stores: dict[str, Store]) -> None:
    store = stores["duckdb"]

    assert ways(asked(store, fact=ORDER, where="plan = gold; n > 2")) == {
        (1, ORDER, "/b"): 1, (2, "/b", "…ended"): 1,
    }  # fmt: skip
    assert not ways(asked(store, fact=ORDER, where="plan = gold; n > 3"))
    assert ways(asked(store, steps="1", **{"f.device": "phone"})) == {(1, "/", "/a"): 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_by_visitor_steps_go_on_after_the_visit(stores: dict[str, Store], engine: str) -> None:
    found = ways(asked(stores[engine], whose="visitor", fact="/c", steps="5"))
    visits = ways(asked(stores[engine], whose="visitor", fact="/c", what="source", days="1"))

    # the week is not over by the newest fact
    assert found == {(1, "/c", "/"): 1, (2, "/", "/a"): 1, (3, "/a", "…open"): 1}
    # the next visit began with the same: nothing
    assert visits == {(1, "/c", "…ended"): 1}


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ({"goal": "Nothing"}, "no goal “Nothing”"),
        ({"goal": "Long"}, "“Long” is about whole visits"),
        ({"fact": ""}, "Write the path of a page"),
        ({"where": "50% off"}, "“50% off” is no condition"),
        ({"where": "n > many"}, "compares with no number"),
        ({"what": "source"}, "count by visitor"),
        ({"steps": "6"}, "choose one of: 1, 2, 3, 4, 5"),
    ],
)
def test_what_cannot_be_asked_is_said(stores: dict[str, Store], address: dict[str, str], wrong: str) -> None:
    with pytest.raises(ParameterWrong, match=re.escape(wrong)):
        asked(stores["duckdb"], **address)


def test_without_a_choice_it_goes_from_the_first_page_of_visits(stores: dict[str, Store]) -> None:
    answer = answered(stores["duckdb"], "flows", steps="1")

    found = ways(answer)
    assert sum(found.values()) == 14
    assert found[1, "/**", "/a"] == 2
    drawn = flow(answer)
    assert drawn is not None
    assert "any page → /a: 2" in drawn.svg.wide


def test_goals_about_whole_visits_are_not_offered() -> None:
    assert [name for name, _label in report_named("flows").offered(SITE)["goal"]] == ["", "Order"]


def test_the_sankey_draws_each_ribbon_once_and_says_the_widest(stores: dict[str, Store]) -> None:
    answer = asked(stores["duckdb"])

    drawn = flow(answer)

    assert drawn is not None
    assert len(re.findall(r'<path class="rib', drawn.svg.wide)) == answer.total_rows == 22
    assert "<title>/ → /a: 2</title>" in drawn.svg.wide
    assert "<title>/ → may still go on: 1</title>" in drawn.svg.wide
    assert 'aria-label="Most went: / → /a: 2; ' in drawn.svg.wide
    page = render_to_string("zoco/ledger/flow.html", {"flow": drawn})
    assert 'role="region"' in page
    assert "style=" not in page
    # As wide as how many: all of the first step's ribbons together are the anchor's height.
    whole = 260.0
    wide = [height(path) for path in re.findall(r'd="(M24[^"]+|M34[^"]+)"', drawn.svg.wide)]
    assert sum(wide) == pytest.approx(whole, abs=1.0)


def test_for_phones_each_step_stands_below_the_one_before_in_one_measure(stores: dict[str, Store]) -> None:
    answer = asked(stores["duckdb"])
    before = flow(asked(stores["duckdb"], side="before", goal="Order"))

    drawn = flow(answer)

    assert drawn is not None
    assert before is not None
    small = drawn.svg.narrow
    steps = max(int(str(row.key["step"])) for row in answer.rows)
    assert re.findall(r"Step (\d)", small) == [str(each) for each in range(1, steps + 1)]
    assert re.findall(r"Step (\d)", before.svg.narrow) == ["3", "2", "1"]
    assert 'width="326"' in small
    assert len(re.findall(r'<path class="rib', small)) == answer.total_rows
    wide, narrow = (
        [height(each) for each in re.findall(r'class="rib[^"]*" d="([^"]+)"', svg)]
        for svg in (drawn.svg.wide, small)
    )
    assert sorted(narrow) == pytest.approx(sorted(each * 200 / 260 for each in wide), abs=0.2)


def height(path: str) -> float:
    """Return how wide a ribbon is where it begins: from its first point to its last."""
    numbers = [float(each) for each in re.findall(r"-?\d+\.\d", path)]
    return numbers[-1] - numbers[1]


def test_before_a_fact_time_runs_from_left_to_right_to_it(stores: dict[str, Store]) -> None:
    drawn = flow(asked(stores["duckdb"], side="before", goal="Order"))

    assert drawn is not None
    texts = re.findall(r'<text x="([\d.]+)"[^>]*>([^<]+)<', drawn.drawn)
    assert [text for _x, text in sorted(texts, key=lambda pair: float(pair[0]))] == [
        "began here  1", "/  1", "/a  1", "Order  1",
    ]  # fmt: skip


def test_the_file_holds_the_same_and_other_reports_have_no_flow(stores: dict[str, Store]) -> None:
    store = stores["duckdb"]

    svg = picture(asked(store), drawn="", filters="", now=NOW)

    assert svg.count('class="rib') == 22
    assert "<svg" in svg
    assert flow(answered(store, "pages")) is None
    assert flow(asked(store, fact="/nowhere")) is None
