"""Plugs: whatever is registered has a well-formed key, words for people, and says what it is."""

import re
from typing import Any

import pytest
from django.utils.functional import Promise

from tools import reference

# A command's key is its words; a subscriber's may be where its function lives.
KEY = re.compile(r"[a-z][a-z0-9]*([-_.][A-Za-z0-9_<>]+)*( [a-z][a-z0-9-]*)*")
# Kinds that only the command line shows, which speaks English.
ON_THE_COMMAND_LINE = {"command", "eraser", "log format", "part of the company", "periodic work"}


@pytest.fixture(scope="module")
def plugs() -> list[tuple[str, Any]]:
    reference.load_everything()
    return [(registry.kind, plug) for registry in reference.registries() for plug in registry]


def test_there_are_reports_commands_and_formats(plugs: list[tuple[str, Any]]) -> None:
    kinds = {kind for kind, _plug in plugs}

    assert {"report", "command", "periodic work"} <= kinds


def test_keys_are_well_formed(plugs: list[tuple[str, Any]]) -> None:
    malformed = [f"{kind} {plug.key!r}" for kind, plug in plugs if not KEY.fullmatch(plug.key)]

    assert malformed == []


def test_words_for_people_are_translated(plugs: list[tuple[str, Any]]) -> None:
    fixed = [
        f"{kind} {plug.key}: {field}"
        for kind, plug in plugs
        for field in ("label", "question", "definition")
        if kind not in ON_THE_COMMAND_LINE
        and isinstance(getattr(plug, field, None), str)
        and getattr(plug, field)
    ]

    assert fixed == []
    assert any(isinstance(getattr(plug, "label", None), Promise) for _kind, plug in plugs)


def test_every_plug_says_what_it_is(plugs: list[tuple[str, Any]]) -> None:
    silent = [f"{kind} {plug.key}" for kind, plug in plugs if not _says(plug)]

    assert silent == []


def _says(plug: Any) -> bool:
    own = (type(plug), getattr(plug, "run", None), getattr(plug, "handle", None))
    return any(one is not None and one.__doc__ for one in own) and bool(reference.summary(plug))


def test_reports_have_distinct_columns_and_an_order_that_exists(plugs: list[tuple[str, Any]]) -> None:
    for kind, plug in plugs:
        if kind != "report":
            continue
        columns = [one.name for one in (*plug.dimensions, *plug.measures)]

        assert len(columns) == len(set(columns)), plug.key
        assert plug.order.lstrip("-") in {"", *columns}, plug.key
