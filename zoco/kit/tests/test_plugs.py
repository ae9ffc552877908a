"""A key is one plug's: nobody takes another's place without a word."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from zoco.kit.plugs import PlugTaken, PlugUnknown, Registry


@dataclass(frozen=True, slots=True)
class Work:
    """A record with a function, as periodic work and subscribers are."""

    key: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Board:
    """A record of plain values, as overviews are."""

    key: str
    label: str


def first() -> None:
    """Stand for one app's work."""


def second() -> None:
    """Stand for another app's work."""


def test_two_records_with_one_key_are_an_error() -> None:
    works: Registry[Work] = Registry("work")
    works.add(Work("night", first))

    with pytest.raises(PlugTaken, match=r"'night' is already registered by .*first; give .*second a key"):
        works.add(Work("night", second))

    assert works.get("night").run is first


def test_two_boards_with_one_key_are_an_error() -> None:
    boards: Registry[Board] = Registry("board")
    boards.add(Board("home", "Home"))
    boards.add(Board("home", "Home"))

    with pytest.raises(PlugTaken):
        boards.add(Board("home", "Start"))

    assert len(boards) == 1


def test_classes_of_one_name_in_two_modules_are_two_plugs() -> None:
    reports: Registry[Board] = Registry("report")
    one = type("Errors", (), {"key": "errors", "__module__": "shop.reports"})
    other = type("Errors", (), {"key": "errors", "__module__": "mail.reports"})
    reports.plug(one)

    with pytest.raises(PlugTaken, match=r"shop\.reports\.Errors; give mail\.reports\.Errors"):
        reports.plug(other)


def test_a_module_loaded_again_replaces_its_own_plugs() -> None:
    works: Registry[Work] = Registry("work")
    works.add(Work("night", first))

    def again() -> None:
        """Stand for the same function, made anew."""

    again.__module__, again.__qualname__ = first.__module__, first.__qualname__
    works.add(Work("night", again))

    assert works.get("night").run is again


def test_an_unknown_key_is_told_with_those_that_there_are() -> None:
    works: Registry[Work] = Registry("work")
    works.add(Work("night", first))

    with pytest.raises(PlugUnknown, match="There is no work 'day'; there are: night"):
        works.get("day")


def test_one_that_is_last_comes_after_those_that_were_registered_later() -> None:
    @dataclass(frozen=True, slots=True)
    class Turn:
        key: str
        is_last: bool = False

    turns: Registry[Turn] = Registry("turn")
    for each in (Turn("b"), Turn("z", is_last=True), Turn("a")):
        turns.add(each)

    assert [each.key for each in turns] == ["b", "a", "z"]
