"""Corrections of many p-values: by hand, and as often false as said."""

import numpy as np
import pytest
from scipy import stats

from zoco.stats.trials.several import benjamini_hochberg, holm


def test_holm_by_hand() -> None:
    # 4 × 0.005, 3 × 0.01, 2 × 0.03, and 0.04 no lower than the one before.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02}
    )


# The fifteen p-values of Benjamini and Hochberg 1995, section 3.1: Holm calls three at 0.05, they call four.
PUBLISHED = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
)


def test_published_example() -> None:
    named = {str(number): p for number, p in enumerate(PUBLISHED)}

    strict, wide = holm(named), benjamini_hochberg(named)

    assert sum(p <= 0.05 for p in strict.values()) == 3
    assert sum(p <= 0.05 for p in wide.values()) == 4
    assert list(wide.values()) == pytest.approx(list(stats.false_discovery_control(PUBLISHED)))


def test_holm_is_false_in_five_of_a_hundred_families_at_most() -> None:
    random = np.random.default_rng(1)
    z = 0.6 * random.normal(size=(2_000, 1)) + 0.8 * random.normal(size=(2_000, 6))
    p_values = 2 * stats.norm.sf(np.abs(z))

    false = np.mean([min(holm(dict(enumerate(row))).values()) <= 0.05 for row in p_values])
    plain = np.mean(p_values.min(axis=1) <= 0.05)

    assert false <= 0.055
    assert plain > 0.15


def test_nothing_and_no_p_value() -> None:
    assert holm({}) == {}
    assert benjamini_hochberg({}) == {}
    with pytest.raises(ValueError, match="P-values"):
        holm({"a": 1.2})
