"""Arms by hash: the same for everybody who asks, in the ratio of weights, unrelated between trials."""

import subprocess
import sys

import pytest

from zoco.trials.assigning import Arm, ArmsWrong, arm_of, dealt, is_held_out, place_of

PEOPLE = range(1, 20_001)


def test_arms_are_given_in_the_ratio_of_their_weights() -> None:
    arms = [Arm("a", 1), Arm("b", 3)]

    share = sum(arm_of("spring", person, arms) == "b" for person in PEOPLE) / len(PEOPLE)

    assert share == pytest.approx(0.75, abs=0.0125)  # four standard deviations


def test_two_trials_know_nothing_of_each_other() -> None:
    arms = [Arm("a"), Arm("b")]
    first = {person for person in PEOPLE if arm_of("spring", person, arms) == "a"}

    also = sum(arm_of("summer", person, arms) == "a" for person in first) / len(first)

    assert also == pytest.approx(0.5, abs=0.02)


def test_another_process_says_the_same() -> None:
    code = "from zoco.trials.assigning import place_of; print(place_of('spring', 42))"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert float(told) == place_of("spring", 42)


def test_whoever_is_held_out_stays_so_when_the_share_grows() -> None:
    tenth = {person for person in PEOPLE if is_held_out("journey", person, 0.1)}
    fifth = {person for person in PEOPLE if is_held_out("journey", person, 0.2)}

    assert tenth < fifth
    assert len(tenth) / len(PEOPLE) == pytest.approx(0.1, abs=0.009)
    assert not any(is_held_out("journey", person, 0.0) for person in PEOPLE)
    assert all(is_held_out("journey", person, 1.0) for person in PEOPLE)


def test_a_sample_is_exact_and_the_same_again() -> None:
    arms = [Arm("a"), Arm("b"), Arm("c", 2)]

    found = dealt("spring", PEOPLE, arms, 4_001)

    assert {key: len(units) for key, units in found.items()} == {"a": 1_000, "b": 1_000, "c": 2_001}
    assert len({unit for units in found.values() for unit in units}) == 4_001
    assert dealt("spring", reversed(PEOPLE), arms, 4_001) == found
    assert dealt("autumn", PEOPLE, arms, 4_001) != found


def test_of_few_people_all_are_tried_on() -> None:
    assert dealt("spring", [3, 1, 2], [Arm("a")], 10) == {"a": [1, 2, 3]}


@pytest.mark.parametrize(
    "arms", [[], [Arm("a"), Arm("a")], [Arm("a", -1), Arm("b", 2)], [Arm("a", 0)], [Arm("a", float("nan"))]]
)
def test_arms_that_cannot_be_are_refused(arms: list[Arm]) -> None:
    with pytest.raises(ArmsWrong):
        arm_of("spring", 1, arms)
