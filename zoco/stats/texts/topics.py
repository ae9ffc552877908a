"""Topics of short texts: terms weighed by how few texts have them, and parts that add up to the texts.

TF-IDF (G. Salton, C. Buckley, Term-weighting approaches in automatic text retrieval, Information Processing &
Management 24 (1988) 513-523) with rows of length one; then non-negative matrix factorisation (D. D. Lee,
H. S. Seung, Learning the parts of objects by non-negative matrix factorization, Nature 401 (1999) 788-791) by
hierarchical alternating least squares (A. Cichocki, A.-H. Phan, IEICE Trans. Fundamentals E92-A (2009)
708-721), begun several times from a fixed seed; the one that leaves least is kept. Same texts, same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from zoco.stats.texts.terms import terms_of

LEAST = 20
"""With fewer texts that have a term nothing is said."""
TEXTS_MOST, TERMS_MOST, TOPICS_MOST = 3_000, 2_000, 12
WIDESPREAD = 0.5
"""Terms of more texts than this share part nothing."""
STARTS, STEPS, SEED = 4, 60, 20_001
NAMES = 3
NONE = -1
_SMALL = 1e-12
Floats = NDArray[np.float64]


class TooFewTexts(ValueError):
    """There are too few texts to group; `texts` had a term that another one has too."""

    def __init__(self, texts: int) -> None:
        super().__init__(f"Only {texts} texts have terms in common; {LEAST} are needed.")
        self.texts = texts


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its most telling words, and its texts by their place, those that are most of it first."""

    words: tuple[str, ...]
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Topics, the largest first; `rest` are texts that share no term with others."""

    topics: tuple[Topic, ...]
    rest: tuple[int, ...]


def topics_usual(texts: int) -> int:
    """Return how many topics are looked for where nobody says: the root of a tenth, from 2 to TOPICS_MOST."""
    return int(min(max(round(sqrt(texts / 10)), 2), TOPICS_MOST))


def grouped(texts: Sequence[str], topics: int = 0) -> Grouped:
    """Group at most TEXTS_MOST texts. Raises TooFewTexts, ValueError for more topics than TOPICS_MOST."""
    if len(texts) > TEXTS_MOST or not 0 <= topics <= TOPICS_MOST:
        raise ValueError(f"At most {TEXTS_MOST} texts and {TOPICS_MOST} topics.")
    weights, names = _weighed(texts)
    sizes = np.asarray(weights.sum(axis=1)).ravel()
    used = np.flatnonzero(sizes > 0)
    if len(used) < LEAST or weights.shape[1] < 2:
        raise TooFewTexts(len(used))
    count = min(topics or topics_usual(len(used)), weights.shape[1])
    parts, shapes = _factored(weights[used], count)
    lengths = np.linalg.norm(shapes, axis=1)
    scaled = parts * lengths
    best = scaled.argmax(axis=1)
    told = shapes / np.maximum(lengths, _SMALL)[:, None]
    found = []
    for topic in range(count):
        mine = np.flatnonzero((best == topic) & (scaled[:, topic] > _SMALL))
        if len(mine):
            order = mine[np.argsort(-scaled[mine, topic], kind="stable")]
            found.append(Topic(_words(told, topic, names), tuple(used[order].tolist())))
    found.sort(key=lambda each: (-len(each.texts), each.words))
    grouped_in = {text for each in found for text in each.texts}
    rest = tuple(number for number in range(len(texts)) if number not in grouped_in)
    return Grouped(tuple(found), rest)


def _weighed(texts: Sequence[str]) -> tuple[scipy.sparse.csr_matrix, list[str]]:
    """Return TF-IDF with rows of length one, and how each term is called."""
    counts = [Counter(term for term, _form in terms_of(text)) for text in texts]
    forms: dict[str, Counter[str]] = {}
    for text in texts:
        for term, form in terms_of(text):
            forms.setdefault(term, Counter())[form] += 1
    spread = Counter(term for each in counts for term in each)
    most = max(WIDESPREAD * len(texts), 2)
    kept = sorted(
        (term for term, n in spread.items() if 2 <= n <= most), key=lambda term: (-spread[term], term)
    )
    kept = kept[:TERMS_MOST]
    place = {term: number for number, term in enumerate(kept)}
    rows, columns, values = [], [], []
    for number, each in enumerate(counts):
        line = {
            place[term]: (1 + np.log(n)) * np.log(1 + len(texts) / spread[term])
            for term, n in each.items()
            if term in place
        }
        length = sqrt(sum(value * value for value in line.values())) or 1.0
        rows += [number] * len(line)
        columns += list(line)
        values += [value / length for value in line.values()]
    made = scipy.sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(kept)), dtype=np.float64)
    named = [min(forms[term].items(), key=lambda each: (-each[1], each[0]))[0] for term in kept]
    return made, named


def _factored(weights: scipy.sparse.csr_matrix, count: int) -> tuple[Floats, Floats]:
    """Return parts (texts by topics) and shapes (topics by terms) that leave least of the weights."""
    draw = np.random.default_rng(SEED)
    best: tuple[float, Floats, Floats] | None = None
    for _start in range(STARTS):
        scale = sqrt(weights.mean() / count)
        parts = draw.random((weights.shape[0], count)) * scale
        shapes = draw.random((count, weights.shape[1])) * scale
        for _step in range(STEPS):
            _improved(parts, weights @ shapes.T, shapes @ shapes.T)
            turned = shapes.T.copy()
            _improved(turned, weights.T @ parts, parts.T @ parts)
            shapes = turned.T
        # |X - WH|^2 less |X|^2, which all starts share
        crossed = float(((weights @ shapes.T) * parts).sum())
        left = float(((parts.T @ parts) * (shapes @ shapes.T)).sum()) - 2 * crossed
        if best is None or left < best[0] - 1e-9:
            best = (left, parts, shapes)
    assert best is not None  # noqa: S101 - there is a start
    return best[1], best[2]


def _improved(parts: Floats, target: Floats, gram: Floats) -> None:
    """Improve each column in turn, in place."""
    for column in range(parts.shape[1]):
        step = (target[:, column] - parts @ gram[:, column]) / max(gram[column, column], _SMALL)
        np.maximum(parts[:, column] + step, 0.0, out=parts[:, column])


def _words(told: Floats, topic: int, names: Sequence[str]) -> tuple[str, ...]:
    """Return the words that tell a topic most: of much weight in it, and of little in the others."""
    weight = told[topic]
    telling = weight * weight / np.maximum(told.sum(axis=0), _SMALL)
    order = np.argsort(-telling, kind="stable")[:NAMES]
    return tuple(names[number] for number in order.tolist() if telling[number] > 0)
