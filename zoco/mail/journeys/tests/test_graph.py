"""Drawings that may run, and those that may not, with the step at which it is."""

from copy import deepcopy
from typing import Any

import pytest

from zoco.mail.journeys.choices import COMPARED
from zoco.mail.journeys.graph import GraphWrong, graph_read
from zoco.mail.journeys.kinds import KINDS, StepWrong
from zoco.mail.journeys.tests.conftest import GRAPH
from zoco.mail.journeys.triggers import entries_read, fits
from zoco.testing.factories import fact

pytestmark = pytest.mark.django_db
TAG = {"kind": "tag", "settings": {"name": "x"}}
CIRCLE = {"start": "a", "steps": {"a": {**TAG, "next": {"": "b"}}, "b": {**TAG, "next": {"": "a"}}}}


def changed(step: str, **fields: Any) -> dict[str, Any]:
    """Return the usual drawing with one step changed or added."""
    graph = deepcopy(GRAPH)
    graph["steps"].setdefault(step, {}).update(fields)
    return graph


def test_a_drawing_is_read() -> None:
    graph = graph_read(GRAPH)

    assert (graph.start, list(graph.steps)) == ("hello", ["hello", "wait", "bye"])


@pytest.mark.parametrize(
    ("graph", "step"),
    [
        ({}, ""),
        ({"start": "x", "steps": {"a": {"kind": "end"}}}, ""),
        (changed("bye", kind="fly"), "bye"),
        (changed("bye", next={"": "nowhere"}), "bye"),
        (changed("bye", next={"yes": "wait"}), "bye"),
        (changed("wait", settings={"count": 0, "unit": "days"}), "wait"),
        (changed("wait", settings={"count": True, "unit": "days"}), "wait"),
        (changed("wait", settings={"count": 500, "unit": "days"}), "wait"),
        (changed("lost", kind="end"), "lost"),
        (CIRCLE, "a"),
        (changed("Bad Name", kind="end"), "Bad Name"),
        (changed("bye", kind="branch", settings={"of": "audience", "key": 99}), "bye"),
        (changed("bye", kind="split", settings={"arms": {"a": 1}}), "bye"),
        (changed("bye", kind="split", settings={"arms": {"a": "x", "b": 1}}), "bye"),
        (changed("bye", kind="attribute", settings={"key": "none"}), "bye"),
        (changed("bye", kind="hour", settings={"hour": 24}), "bye"),
        (changed("bye", kind="fact", settings={"fact": "Nothing", "count": 1}), "bye"),
    ],
)
def test_what_cannot_run_is_refused_with_its_place(graph: dict[str, Any], step: str) -> None:
    with pytest.raises(GraphWrong) as wrong:
        graph_read(graph)

    assert wrong.value.step == step
    assert str(wrong.value)


def test_a_circle_with_a_wait_in_it_may_run() -> None:
    assert graph_read(changed("bye", next={"": "wait"})).steps["bye"].next == {"": "wait"}


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"kind": "moon"},
        {"kind": "fact", "fact": "no"},
        {"kind": "fact", "fact": "a.b", "where": [{"field": "x", "how": "at_least", "value": "much"}]},
        {"kind": "audience", "key": 99},
        {"kind": "date", "key": "none"},
    ],
)
def test_what_lets_nobody_in_is_refused(entry: Any) -> None:
    with pytest.raises(GraphWrong):
        entries_read([entry])


def test_a_number_beyond_numbers_is_no_number_and_breaks_nothing() -> None:
    huge = 10**400
    branch = {"of": "data", "key": "left", "how": "at_least", "value": huge}
    split = {"arms": {"a": huge, "b": 1}}

    for kind, settings in (("branch", branch), ("split", split)):
        with pytest.raises(StepWrong):
            KINDS.get(kind).check(settings)
    assert not COMPARED["at_least"](huge, 5)
    entry = {
        "kind": "fact",
        "fact": "shop.jar.seen",
        "where": [{"field": "n", "how": "at_least", "value": 5}],
    }
    with pytest.raises(GraphWrong):
        entries_read([entry | {"where": [{"field": "n", "how": "at_least", "value": huge}]}])
    assert [fits(entry, fact(props={"n": n}, name="shop.jar.seen")) for n in (huge, 4, 5)] == [
        False,
        False,
        True,
    ]
