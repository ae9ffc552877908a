"""Which part it was, on counts made by hand."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pytest
from scipy.special import rel_entr

from zoco.monitor.alarms.causes import Cause, cause_itself, cause_of, most_of, parts_of
from zoco.monitor.alarms.cube import Cube, Cut, sections
from zoco.monitor.alarms.watched import MEASURES, PAGE, SECTION
from zoco.monitor.alarms.windows import Window

DAYS = 60


def test_a_section_in_another_is_not_counted_twice() -> None:
    counts = np.full((5, DAYS * 24), 4.0)
    counts[:2, -24:], counts[2, -24:] = 0.0, 2.0
    pages = Cut.of(("/zh/producto/a", "/zh/producto/b", "/zh/c", "/es/a", "/es/b"), counts)
    total = Cut(("",), pages.summed.sum(0, keepdims=True))
    first = datetime(2026, 5, 4)  # noqa: DTZ001 - wall-clock time has no zone
    cube = Cube(MEASURES["page_views"], first, total, {PAGE: pages, SECTION: sections(pages)})

    cause = cause_of(Window(cube, DAYS * 24, 24, 56), True, (SECTION,), 1.0)

    assert cause is not None
    assert (cause.dimension, cause.values, cause.seen) == (SECTION, ("/zh/producto/",), 0.0)
    assert (cause.expected, cause.explains) == pytest.approx((192.0, 0.8), rel=1e-3)


def window(**dimensions: Mapping[str, tuple[float, float]]) -> Window:
    """Return a day's window over counts that were the same each hour, and are others on the last day."""
    cuts = {}
    for name, values in dimensions.items():
        counts = np.repeat([[usual] for usual, _now in values.values()], DAYS * 24, axis=1)
        counts[:, -24:] = [[now] for _usual, now in values.values()]
        cuts[name] = Cut.of(tuple(values), counts)
    total = Cut(("",), next(iter(cuts.values())).summed.sum(0, keepdims=True))
    first = datetime(2026, 5, 4)  # noqa: DTZ001 - wall-clock time has no zone
    return Window(Cube(MEASURES["page_views"], first, total, cuts), DAYS * 24, 24, 56)


def likelihood(seen: float, expected: float, in_all: float, usual: float) -> float:
    """Return Kulldorff's logarithm of the ratio of two rates, within and without, to one."""
    others, without = in_all - seen, usual - expected
    rate = in_all / usual
    return float(seen * np.log(seen / expected / rate) + others * np.log(others / without / rate))


def test_values_that_fell_are_named_with_their_sums_the_furthest_first() -> None:
    fell = window(country={"": (10.0, 10.0), "FR": (10.0, 3.0), "ES": (10.0, 2.0), "MX": (10.0, 10.0)})

    cause = cause_of(fell, True, (), 1.0)

    assert cause is not None
    assert (cause.dimension, cause.values, cause.also) == ("country", ("ES", "FR"), ())
    assert (cause.seen, cause.expected, cause.explains) == pytest.approx((120, 480, 1))
    usual, now = np.array([0.25, 0.25]), np.array([2 / 25, 3 / 25])
    middle = (usual + now) / 2
    assert cause.surprise == pytest.approx(
        0.5 * float((rel_entr(usual, middle) + rel_entr(now, middle)).sum())
    )
    assert cause_of(fell, True, ("language",), 1.0) is None
    assert cause_of(fell, False, (), 1.0) is None


def test_a_value_is_named_from_a_likelihood_of_three_above_that_of_any_value_on() -> None:
    fell = window(country={"": (10.0, 10.0), "ES": (10.0, 7.0), "FR": (10.0, 10.0), "MX": (10.0, 10.0)})
    edge = likelihood(168, 240, 888, 960) / (np.log(4) + 3)

    assert cause_of(fell, True, (), edge * 1.001) is None
    found = cause_of(fell, True, (), edge * 0.999)
    assert found is not None
    assert found.values == ("ES",)


def test_what_has_no_name_is_no_cause_and_two_values_are_enough_for_one() -> None:
    assert cause_of(window(country={"": (10.0, 1.0), "ES": (10.0, 10.0)}), True, (), 1.0) is None
    both = {"": (10.0, 1.0), "ES": (10.0, 1.0), "FR": (10.0, 10.0), "MX": (10.0, 10.0)}
    assert cause_of(window(country=both), True, (), 1.0) is None, "nor with a part that has a name"
    found = cause_of(window(country={"": (10.0, 10.0), "ES": (10.0, 1.0)}), True, (), 1.0)
    assert found is not None
    assert found.values == ("ES",)


@pytest.mark.parametrize(
    ("usual", "named", "also"),
    [
        # As much was lost out of more: 99.0, 92.3 and 82.5 % of the likelihood of the country.
        (10.05, "device", ["country", "language"]),
        (10.4, "country", ["device", "language"]),
        (11.0, "country", ["language"]),
    ],
)
def test_of_names_of_the_same_the_first_is_taken_and_others_are_said_beside(
    usual: float, named: str, also: list[str]
) -> None:
    fell = window(
        device={"": (10.0, 10.0), "phone": (usual, usual - 8), "desktop": (30 - usual, 30 - usual)},
        country={"": (10.0, 10.0), "ES": (10.0, 2.0), "FR": (20.0, 20.0)},
        language={"": (10.0, 10.0), "es": (10.0, 2.0), "fr": (20.0, 20.0)},
    )

    cause = cause_of(fell, True, (), 1.0)

    assert cause is not None
    assert cause.dimension == named
    assert [dimension for dimension, _values in cause.also] == also
    assert ("language", ("es",)) in cause.also


def test_of_as_likely_names_that_with_fewer_values_is_taken() -> None:
    many = {"": (10.0, 10.0), "A": (10.0, 2.0)} | {f"B{n}": (20 / 28, 20 / 28) for n in range(28)}

    cause = cause_of(
        window(browser=many, country={"": (10.0, 10.0), "ES": (10.0, 2.0), "FR": (20.0, 20.0)}), True, (), 1.0
    )

    assert cause is not None
    assert (cause.dimension, cause.also) == ("country", (("browser", ("A",)),))


@pytest.mark.parametrize(
    ("now", "named", "explains"),
    [
        # Of an hour 7.5 and 7 were lost there, and 2 elsewhere.
        ({"/a/": 0.25, "/b/": 0.5, "/z": 18.0}, ("/a/", "/b/"), 14.5 / 16.5),
        ({"/c/": 0.0}, ("/c/",), 1.0),
        ({"/z": 1.0}, (), 0.0),
    ],
)
def test_sections_apart_are_both_named_and_what_lies_in_none_is_no_cause(
    now: dict[str, float], named: tuple[str, ...], explains: float
) -> None:
    pages = {f"{name}{page}": (4.0, now.get(name, 4.0)) for name in ("/a/", "/b/", "/c/") for page in "xy"}
    fell = window(path=pages | {"/z": (20.0, now.get("/z", 20.0))}).cube
    cube = Cube(fell.measure, fell.first, fell.total, {SECTION: sections(fell.cuts["path"])})

    cause = cause_of(Window(cube, DAYS * 24, 24, 56), True, (), 1.0)

    assert (cause.values if cause else ()) == named
    assert (cause.explains if cause else 0.0) == pytest.approx(explains)


def test_what_was_never_there_is_named_when_it_comes() -> None:
    cause = cause_of(window(country={"": (10.0, 10.0), "ES": (10.0, 10.0), "XX": (0.0, 5.0)}), False, (), 1.0)

    assert cause is not None
    assert (cause.values, cause.seen) == (("XX",), 120)
    assert (cause.expected, cause.explains) == pytest.approx((0, 1), abs=1e-3)


@pytest.mark.parametrize(("others", "explains"), [(10.0, 1.0), (6.0, 192 / 288), (20.0, 1.0)])
def test_a_part_explains_its_share_of_what_is_missing(others: float, explains: float) -> None:
    fell = window(country={"": (0.0, 0.0), "ES": (10.0, 2.0), "FR": (10.0, others)})

    cause = cause_itself(fell, ("country", "ES"), 48.0, 240.0)

    assert cause == Cause("country", ("ES",), 48.0, 240.0, cause.explains, 0.0)
    assert cause.explains == pytest.approx(explains)


def test_all_names_of_a_cause_are_known_and_which_moved_most() -> None:
    kept = {"dimension": "country", "values": ["ES", "FR"], "also": [["language", ["es"]]]}

    assert parts_of(kept) == {("country", "ES"), ("country", "FR"), ("language", "es")}
    assert parts_of({"dimension": "country", "values": ["ES"], "also": None}) == {("country", "ES")}
    assert most_of(kept) == {("country", "ES")}
    assert parts_of(None) == most_of(None) == set()
