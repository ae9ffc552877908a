"""Verdicts by user agent on three thousand labelled strings, drawn from packages no rule was read from."""

from collections import Counter
from pathlib import Path

from zoco.collector.steps.verdict import judge
from zoco.kit.lists import rows

AGENTS = rows(Path(__file__).with_name("agents.tsv"), 3)


def test_at_least_99_of_100_bots_are_found() -> None:
    bots = [agent for label, _, agent in AGENTS if label == "bot"]

    missed = [agent for agent in bots if judge(agent).verdict == "human"]

    assert len(bots) > 2_000
    assert len(missed) / len(bots) <= 0.01, missed


def test_at_most_2_of_1000_strings_of_the_ten_browsers_are_taken_for_bots() -> None:
    browsers = [(label, agent) for label, _, agent in AGENTS if label != "bot"]

    wrong = [(label, agent) for label, agent in browsers if judge(agent).verdict != "human"]

    assert len(Counter(label for label, _ in browsers)) == 10
    assert len(browsers) > 900
    assert len(wrong) / len(browsers) <= 0.002, wrong


def test_every_verdict_of_a_bot_says_why() -> None:
    judged = [judge(agent) for _, _, agent in AGENTS]

    assert [each for each in judged if (each.verdict == "human") is bool(each.reason)] == []
    assert max(len(each.reason) for each in judged) <= 60
