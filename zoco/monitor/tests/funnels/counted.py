"""Funnels counted the long way: every way through the steps is tried, for everybody by himself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from zoco.ledger.schema import Fact
from zoco.monitor.reports.funnels.chains import Funnel

Ways = list[tuple[int, int]]
"""The numbers of the facts with which chains began, and to which they came."""


@dataclass(frozen=True, slots=True)
class Way:
    """How far somebody came; see `chains.everybody`."""

    came: int
    began: int
    last: int
    lasted: tuple[int, ...]


def counted(
    facts: Sequence[Fact], funnel: Funnel, is_step: Callable[[Fact, int], bool], end: int
) -> dict[int, Way]:
    """Return how far each visitor came whose first step lies before `end`."""
    found = {}
    for who in {each.visitor for each in facts if each.visitor}:
        mine = sorted((f for f in facts if f.visitor == who), key=lambda f: (f.occurred_at, str(f.id)))
        rows = [f for f in mine if any(is_step(f, n) for n in range(len(funnel.steps)))]
        if way := _of_one(rows, funnel, is_step, end):
            found[who] = way
    return found


def _of_one(rows: list[Fact], funnel: Funnel, is_step: Callable[[Fact, int], bool], end: int) -> Way | None:
    at = [each.occurred_at for each in rows]
    ways: Ways = [(n, n) for n, each in enumerate(rows) if is_step(each, 0) and each.occurred_at < end]
    reached = [ways]
    for step in range(1, len(funnel.steps)):
        there = [n for n, each in enumerate(rows) if is_step(each, step)]
        ways = list(_further(ways, there, at, funnel))
        reached.append(ways)
    came = sum(bool(each) for each in reached)
    if not came:
        return None
    furthest = reached[came - 1]
    first = min(to for _from, to in furthest)
    return Way(
        came=came,
        began=at[max(start for start, to in furthest if to == first)],
        last=max(at[to if funnel.is_each else start] for start, to in furthest),
        lasted=tuple(min((at[to] - at[start] for start, to in each), default=0) for each in reached),
    )


def _further(ways: Ways, there: list[int], at: list[int], funnel: Funnel) -> Iterator[tuple[int, int]]:
    within = funnel.within_seconds * 1_000_000
    seen = set()
    for start, before in ways:
        for to in there:
            since = at[before] if funnel.is_each else at[start]
            follows = to == before + 1 if funnel.is_strict else to > before
            if follows and at[to] - since <= within and (start, to) not in seen:
                seen.add((start, to))
                yield start, to
