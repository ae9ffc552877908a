"""Groups of answers held against each other, worked out by hand."""

import pytest

from zoco.stats.proportions import difference
from zoco.stats.scores import net_difference
from zoco.surveys.designs import Question
from zoco.surveys.results.comparing import gaps_of
from zoco.surveys.results.figures import Found, found_of
from zoco.surveys.screens import said

NPS, CSAT = Question("q1", "nps", {"en": "?"}), Question("q1", "csat", {"en": "?"})


def scored(promoters: int, passives: int, detractors: int) -> Found:
    return found_of(NPS, [9] * promoters + [7] * passives + [2] * detractors)


def test_a_period_is_held_against_the_one_before() -> None:
    groups = [scored(20, 20, 20), scored(45, 10, 5), scored(3, 1, 1), scored(30, 20, 10)]

    first, second, few, after_few = gaps_of(groups, "month")

    assert first is None
    assert second is not None
    assert second.value == pytest.approx(40 / 60)
    assert (second.low, second.high) == net_difference((45, 5, 60), (20, 20, 60))
    assert second.differs
    for each in (few, after_few):
        assert each is not None
        assert (each.low, each.differs) == (None, False)
        assert said.gap(each) == "too few answers: each side needs 30"
    assert said.gap(first) == "–"
    assert said.gap(second).startswith("+66.7 points (+")
    assert said.gap(second).endswith("): differs")


def test_a_group_is_held_against_all_others_and_more_groups_make_intervals_wider() -> None:
    groups = [scored(20, 20, 20), scored(25, 20, 15), scored(18, 22, 20)]

    found = gaps_of(groups, "language")

    assert all(each is not None and not each.differs for each in found)
    first = found[0]
    assert first is not None
    assert first.value == pytest.approx(0 - (43 - 35) / 120)
    assert (first.low, first.high) == net_difference((20, 20, 60), (43, 35, 120), 1 - 0.05 / 3)
    assert said.gap(first).endswith("may be chance")


def test_satisfaction_is_compared_by_shares_and_options_not_at_all() -> None:
    groups = [found_of(CSAT, [5] * 30 + [1] * 10), found_of(CSAT, [5] * 15 + [1] * 25)]
    options = [found_of(Question("q1", "single", {"en": "?"}, {"en": ["A", "B"]}), [["1"]] * 40)] * 2

    found = gaps_of(groups, "way")[0]

    assert found is not None
    assert (found.low, found.high) == difference(30, 40, 15, 40, 0.975)
    assert gaps_of(options, "way") == [None, None]
    assert gaps_of([], "way") == []
