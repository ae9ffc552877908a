"""Removal effects against published examples, every walk counted out, and known chains."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.stats.attribution import Credit, Markov, Measure, Paths, TooManyStates, attribute
from zoco.stats.attribution.credits import Enough
from zoco.stats.attribution.markov import removal_effects
from zoco.stats.tests.attribution.walks import chain_drawn, paths_drawn, paths_of

Rows = list[tuple[str, int]]
START = "^"


def credits(paths: Paths, model: Markov, measure: Measure = Measure.CONVERSIONS) -> dict[str, Credit]:
    found = attribute(paths, model, measure=measure, enough=Enough(0, 0), replicates=0)
    return {line.label: line.credit for line in found.lines if isinstance(line.credit, Credit)}


def effects(paths: Paths, model: Markov, measure: Measure = Measure.CONVERSIONS) -> dict[str, float]:
    return {label: credit.worth for label, credit in credits(paths, model, measure).items()}


def test_the_example_of_three_paths_is_as_published() -> None:
    # S. Bryl, Attribution model with R (part 1: Markov chains concept), analyzecore.com, 3 August 2016.
    found = credits(paths_of([("ABC", 1000), ("A", -1), ("BC", -1)]), Markov())

    assert [each.worth for each in found.values()] == pytest.approx([0.5, 1, 1])
    assert [each.units for each in found.values()] == [2_000, 4_000, 4_000]
    revenue = credits(paths_of([("ABC", 1000), ("A", -1), ("BC", -1)]), Markov(), Measure.REVENUE)
    assert [each.units for each in revenue.values()] == [2_000_000, 4_000_000, 4_000_000]


def test_the_example_of_mailing_is_as_published() -> None:
    # S. Puzyrov, Markov chain attribution: simple explanation of removal effect, serhiipuzyrov.com, 2019:
    # four of five begin with google ads; half of them convert, a quarter go on to mailing, where all convert.
    found = credits(paths_of([("G", 1), ("M", 1), ("GM", 1), ("G", -1)], counts=[2, 1, 1, 1]), Markov())

    assert [each.worth for each in found.values()] == pytest.approx([0.75, 0.5])
    assert [each.units for each in found.values()] == [24_000, 16_000]


def walked(rows: Rows, order: int, without: str | None = None) -> Fraction:
    """Return what is gained by all walks of the chain, by exact elimination of one state after another.

    Knows nothing of inverses: each state is taken out and its ways in and out are joined, a loop becoming a
    geometric series, until the start leads to the ends alone.
    """
    ways: dict[tuple[str, str], Fraction] = {}
    steps: Counter[tuple[str, str]] = Counter()
    worth: Counter[str] = Counter()
    for walk, value in rows:
        states = [
            START,
            *(("" if at == 0 or order == 1 else walk[at - 1]) + walk[at] for at in range(len(walk))),
        ]
        steps.update(zip(states, [*states[1:], "end"], strict=True))
        worth[states[-1]] += max(value, 0)
    visits: Counter[str] = Counter()
    for (state, _next), times in steps.items():
        visits[state] += times
    for (state, after), times in steps.items():
        if without is None or not after.endswith(without) or after == "end":
            ways[state, after] = Fraction(times, visits[state])
    gain = {state: Fraction(worth[state], visits[state]) for state in visits}
    for gone in set(visits) - {START}:
        loop = 1 / (1 - ways.pop((gone, gone), Fraction(0)))
        into = [state for state, after in ways if after == gone]
        out = [(after, chance) for (state, after), chance in ways.items() if state == gone]
        for state in into:
            chance = ways.pop((state, gone)) * loop
            gain[state] += chance * gain[gone]
            for after, further in out:
                ways[state, after] = ways.get((state, after), Fraction(0)) + chance * further
        for after, _chance in out:
            ways.pop((gone, after))
    return gain[START]


walks = st.lists(
    st.tuples(st.text("ABCD", min_size=1, max_size=6), st.integers(-1, 5)), min_size=1, max_size=12
)


@given(walks, st.sampled_from([1, 2]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_removal_effects_are_those_of_every_walk_counted_out(rows: Rows, order: int) -> None:
    found = effects(paths_of(rows), Markov(order), Measure.REVENUE)

    whole = walked(rows, order)
    for label, effect in found.items():
        expected = 1 - walked(rows, order, label) / whole if whole else Fraction(0)
        assert effect == pytest.approx(float(expected), abs=1e-9)


def test_walks_without_loops_are_listed_one_by_one() -> None:
    # Every simple chain of three channels with chances of 1/4 each way: its walks, and what each adds.
    steps = np.array([[[0, 1, 1], [0, 0, 1], [0, 0, 0]]]) * 1.0
    visits = np.array([[4.0, 4.0, 4.0]])
    gains = np.array([[1.0, 1.0, 1.0]])

    found = removal_effects(visits, gains, steps, [np.array([0]), np.array([1]), np.array([2])])

    # Visits that nothing leads to start a path: 4 of A, 3 of B, 2 of C. A: 1/4; AB, AC: 1/16; ABC: 1/64 …
    through_a = 4 * (1 / 4 + 1 / 16 + 1 / 16 + 1 / 64)
    through_b = (4 / 4 + 3) * (1 / 4 + 1 / 16)
    through_c = 4 / 4
    assert found[0] == pytest.approx([through_a / 3, through_b / 3, through_c / 3], abs=1e-12)


@given(walks)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_repeats_change_nothing_of_order_one(rows: Rows) -> None:
    paths = paths_of(rows)

    assert effects(paths, Markov(1, repeats=False)) == pytest.approx(effects(paths, Markov(1)), abs=1e-9)


def test_repeats_do_change_order_two() -> None:
    # Twice A forgets whether C or D was before; then B, which converts, and E follow either.
    paths = paths_of([("CAAB", 1), ("DAAE", -1)])

    assert effects(paths, Markov(2))["C"] == pytest.approx(0.5)
    assert effects(paths, Markov(2, repeats=False))["C"] == pytest.approx(1)


def test_order_two_knows_what_came_before() -> None:
    # B converts after A and never after C: of order 1, C leads to B as well as A does.
    rows = [("AB", 1), ("CB", -1)]

    assert effects(paths_of(rows), Markov(1))["C"] == pytest.approx(0.5)
    assert effects(paths_of(rows), Markov(2))["C"] == 0


def test_large_samples_come_near_to_the_chain_they_were_drawn_from() -> None:
    rng = np.random.default_rng(11)
    chain = chain_drawn(rng, 6)

    found = effects(paths_drawn(rng, chain, 400_000), Markov())

    assert list(found.values()) == pytest.approx(chain.effects(), abs=0.01)


def test_the_share_of_walks_that_never_meet_the_channel_is_what_is_left() -> None:
    # Simulation needs no algebra: of those who converted, count who never met the channel.
    rng = np.random.default_rng(12)
    paths = paths_drawn(rng, chain_drawn(rng, 5), 300_000)
    converted = paths.is_converted

    found = effects(paths, Markov())

    for channel, effect in enumerate(found.values()):
        met = np.zeros(len(converted), dtype=bool)
        met[paths.rows[paths.channels == channel]] = True
        assert effect == pytest.approx(met[converted].mean(), abs=0.01)


def test_a_chain_without_conversions_credits_nobody() -> None:
    found = credits(paths_of([("AB", -1), ("B", -1)]), Markov())

    assert [(each.units, each.worth) for each in found.values()] == [(0, 0), (0, 0)]


def test_large_chains_are_worked_out_and_too_large_ones_refused() -> None:
    labels = [chr(0x4E00 + each) for each in range(1_600)]
    rows = [(labels[each] + labels[each + 1], 1) for each in range(0, 1_000, 2)]

    found = effects(paths_of(rows, labels=labels), Markov())

    assert found[labels[0]] == pytest.approx(1 / 500)
    with pytest.raises(TooManyStates, match="1600 states"):
        effects(paths_of([("".join(labels), 1)], labels=labels), Markov())


def test_other_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        Markov(3)
