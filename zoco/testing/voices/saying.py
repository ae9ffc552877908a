"""What people answer: drawn from shares that are the truth a report must find again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from zoco.kit.lists import rows
from zoco.testing.voices import asked

SHARES: Mapping[str, tuple[float, float]] = {
    "es": (0.56, 0.14), "en": (0.42, 0.24), "ru": (0.30, 0.38), "zh-hans": (0.50, 0.18),
}  # fmt: skip
"""Promoters and detractors among who speaks a language: the truth of the score is their difference."""
SATISFIED = 0.72
"""The share that gives 4 or 5, whatever the language."""
ANSWER = {"letter": 0.5, "block": 0.3}
"""Of those who see the survey, so many answer it."""
HEARD = (0.2, 0.45, 0.25, 0.1)
NAMES = (0.5, 0.3, 0.15)
"""Which shares name each of the brands."""
WRITES = 0.5
TOPICS = {"delivery": 0.45, "price": 0.3, "site": 0.25}
"""Of those who write what to do better, so many write about this."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody answers, and about what he writes, "" for nothing."""

    answers: dict[str, Any]
    topic: str


@cache
def sentences() -> dict[tuple[str, str], list[str]]:
    """Return what is written, by language and topic."""
    found: dict[tuple[str, str], list[str]] = {}
    for topic, language, words in rows(Path(__file__).with_name("sentences.tsv"), 3):
        found.setdefault((language, topic), []).append(words)
    return found


def voice_of(language: str, rng: np.random.Generator) -> Voice:
    """Draw what somebody answers."""
    promoters, detractors = SHARES[language]
    kind = rng.random()
    if kind < promoters:
        score = int(rng.integers(9, 11))
    elif kind < promoters + detractors:
        score = int(rng.integers(0, 7))
    else:
        score = int(rng.integers(7, 9))
    answers: dict[str, Any] = {asked.RECOMMEND: score}
    is_satisfied = rng.random() < SATISFIED
    answers[asked.SATISFIED] = int(rng.integers(4, 6) if is_satisfied else rng.integers(1, 4))
    answers[asked.HEARD] = [str(1 + int(rng.choice(len(HEARD), p=HEARD)))]
    named = [brand for brand, share in zip(asked.BRANDS, NAMES, strict=True) if rng.random() < share]
    if named:
        answers[asked.KNOWN] = ", ".join(named)
    if rng.random() >= WRITES:
        return Voice(answers, "")
    topic = str(rng.choice(list(TOPICS), p=list(TOPICS.values())))
    first, second = rng.choice(sentences()[language, topic], 2, replace=False)
    answers[asked.BETTER] = f"{first} {second}"
    return Voice(answers, topic)
