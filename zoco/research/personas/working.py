"""Works out personas: groups by the features chosen, each with its stability and what sets it apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_noop

from zoco.research.models import Outcome, Study
from zoco.research.personas.features import FEATURES, columns
from zoco.research.purchases import Bought, Ints
from zoco.research.studies import StudyWrong, TooFewBuyers
from zoco.research.valuing.logs import whole_days
from zoco.stats.kinds.features import Features, features
from zoco.stats.kinds.medoids import TooFew, grouped, silhouette
from zoco.stats.kinds.mixtures import NoMixture, mixed, mixture
from zoco.stats.kinds.telling import marks, stability

if TYPE_CHECKING:
    from zoco.kit.runs import Tell
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

MEDOIDS, MIXTURE = "medoids", "mixture"
METHODS = (MEDOIDS, MIXTURE)
FEWEST, MOST = 2, 8
AUTOMATIC_MOST = 6
FEWEST_PEOPLE = 50
MIXTURE_MOST = 2_000
"""A mixture of more takes hours."""
TRIED_ROWS, DRAWS = 500, 30
SEED = 1
TOO_FEW = gettext_noop("Personas need at least %(least)s people who bought; there are %(there)s.")
TOO_MANY = gettext_noop(
    "A mixture is worked out of %(most)s people at most; there are %(there)s. Choose medoids."
)
NO_FEATURES = gettext_noop("Choose at least two features by which people differ.")
TOO_ALIKE = gettext_noop("There are fewer different people than groups; choose fewer groups.")
NO_PARTS = gettext_noop(
    "These are too few people for a mixture by so many features; choose medoids or fewer features."
)
Grouping = Callable[[Features, int], Ints]


def personas_work(study: Study, site: SiteInfo, store: Store, tell: Tell) -> Iterator[Outcome]:
    """Group, judge, and yield the group of each person. Raises StudyWrong, RunStopped."""
    chosen = [name for name in FEATURES if name in study.wanted.get("features", ())]
    period = whole_days(site, study.until_at)
    bought = Bought.of(site=site, period=period, store=store)
    study.total = DRAWS + 3
    tell(done=1, total=study.total)
    labels = labelled(study, bought, chosen, period.end, tell)
    study.found["currency"] = site.currency
    study.found["until"] = period.last.isoformat()
    for key, label in zip(bought.people.tolist(), labels.tolist(), strict=True):
        yield Outcome(study=study, person_id=key, group=label)


def labelled(study: Study, bought: Bought, chosen: list[str], until: int, tell: Tell) -> Ints:
    """Return the group of each person, 0 the largest, and fill in what was found as a whole."""
    if len(bought) < FEWEST_PEOPLE:
        raise TooFewBuyers(TOO_FEW, least=FEWEST_PEOPLE, there=len(bought))
    told_apart, same = columns(bought, chosen, until)
    if len(told_apart) < 2:
        raise StudyWrong(NO_FEATURES)
    rows = features(told_apart, logs=tuple(each for each in told_apart if FEATURES[each].is_skewed))
    method, number = study.wanted.get("method", MEDOIDS), int(study.wanted.get("groups", 0))
    labels, grouping, tried = _grouped(rows, method, number, tell)
    labels = _by_size(labels)
    tell(done=2)
    stable = _stable(rows, labels, grouping, tell)
    each = marks(rows, labels)
    counts = np.bincount(labels)
    study.found |= {
        "people": len(bought), "features": list(told_apart), "same": same, "method": method, "tried": tried,
        "silhouette": round(silhouette(rows, labels), 3),
        "groups": [
            {
                "people": int(count),
                "stability": round(float(sure), 3),
                "marks": [
                    [mark.feature, round(mark.difference, 3), _short(mark.inside), _short(mark.outside)]
                    for mark in apart
                ],
            }
            for count, sure, apart in zip(counts, stable, each, strict=True)
        ],
    }  # fmt: skip
    return labels


def _short(number: float) -> float:
    return float(f"{number:.6g}")


def _grouped(
    rows: Features, method: str, number: int, tell: Tell
) -> tuple[Ints, Grouping, list[list[float]]]:
    """Return labels, how others are grouped in the same way, and what was tried: groups and their figure."""
    try:
        return _mixed(rows, number, tell) if method == MIXTURE else _around(rows, number, tell)
    except TooFew:
        raise StudyWrong(TOO_ALIKE) from None
    except NoMixture:
        raise StudyWrong(NO_PARTS) from None


def _around(rows: Features, number: int, tell: Tell) -> tuple[Ints, Grouping, list[list[float]]]:
    """Group around medoids; without a number, into as many groups as have the largest mean silhouette."""
    found = {}
    for groups in [number] if number else range(FEWEST, AUTOMATIC_MOST + 1):
        tell()
        labels = grouped(rows, groups, seed=SEED).labels
        found[groups] = (silhouette(rows, labels), labels)
    best = max(found, key=lambda groups: found[groups][0])
    tried = [[groups, round(figure, 4)] for groups, (figure, _labels) in found.items()]
    return found[best][1], lambda some, seed: grouped(some, best, seed=seed).labels, tried


def _mixed(rows: Features, number: int, tell: Tell) -> tuple[Ints, Grouping, list[list[float]]]:
    """Take the likeliest part of a mixture; without a number, of the mixture with the lowest BIC."""
    if len(rows) > MIXTURE_MOST:
        raise StudyWrong(TOO_MANY, most=MIXTURE_MOST, there=len(rows))
    tell()
    found = mixture(rows, number, seed=SEED) if number else mixed(rows, AUTOMATIC_MOST, seed=SEED)
    parts, is_diagonal = len(found.weights), found.is_diagonal

    def grouping(some: Features, seed: int) -> Ints:
        return mixture(some, parts, seed=seed, is_diagonal=is_diagonal).labels

    return found.labels, grouping, [[parts, round(found.bic, 2)]]


def _by_size(labels: Ints) -> Ints:
    """Return the same groups by size, the largest 0; parts to which nobody belongs go."""
    names, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    return rank[places.ravel()]


def _stable(rows: Features, labels: Ints, grouping: Grouping, tell: Tell) -> Any:
    """Return how well samples find each group again, of at most so many people, evenly taken."""
    done = 2

    def told(some: Features, seed: int) -> Ints:
        nonlocal done
        done += 1
        tell(done=done)
        return grouping(some, seed)

    size = min(len(rows), TRIED_ROWS)
    taken = np.linspace(0, len(rows) - 1, size).astype(np.int64)
    some = Features(rows.names, rows.logs, rows.values[taken], rows.standard[taken])
    found = stability(some, labels[taken], told, seed=SEED, draws=DRAWS)
    # Small groups of which nobody was taken: no sample finds them.
    return np.append(found, np.zeros(int(labels.max()) + 1 - len(found)))
