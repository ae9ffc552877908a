"""How fast the company's pages are is what its simulator declares."""

from collections import defaultdict
from math import exp

import numpy as np
import pytest

from zoco.testing.company.parts.speed import SPREADS
from zoco.testing.company.plan import until_micros
from zoco.testing.tests.conftest import PLAN, Company

UPPER_QUARTILE = 0.6745


def test_page_loads_carry_vitals_of_the_declared_distribution(company: Company) -> None:
    figures: dict[str, list[float]] = defaultdict(list)
    browsers: dict[str, set[str]] = defaultdict(set)
    for fact in company.facts:
        if fact.name != "web.vitals.measured":
            continue
        assert fact.occurred_at <= until_micros(PLAN)
        for name, value in fact.props.items():
            assert isinstance(value, float | int)
            browsers[name].add(fact.browser)
            if fact.device == "phone" and "/producto/" not in fact.path:
                figures[name].append(float(value))

    assert set(figures) == set(SPREADS)
    for name, values in figures.items():
        p75 = SPREADS[name].phone * exp(UPPER_QUARTILE * SPREADS[name].sigma)
        assert len(values) > 100
        assert np.quantile(values, 0.75) == pytest.approx(p75, rel=0.15), name
    assert "Mobile Safari" in browsers["ttfb"] - browsers["lcp"] - browsers["inp"]
    assert "Firefox Mobile" not in browsers["cls"]


def test_vitals_stand_between_the_views_of_their_visit(company: Company) -> None:
    views: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for fact, visit in zip(company.facts, company.visits, strict=True):
        if fact.name == "web.page.viewed" and visit is not None:
            views[visit].append((fact.occurred_at, fact.path))

    told = 0
    for fact, visit in zip(company.facts, company.visits, strict=True):
        if fact.name == "web.vitals.measured" and visit is not None:
            told += 1
            assert max(each for each in views[visit] if each[0] <= fact.occurred_at)[1] == fact.path
    assert told > 500
