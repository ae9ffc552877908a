"""Walks counted the long way: the facts of each visit or visitor in a list, followed by hand."""

from collections import Counter
from collections.abc import Callable, Sequence

from zoco.ledger.schema import Fact
from zoco.monitor.reports.flows.walks import BEGAN, ENDED, OPEN, UNTOLD, Walk

Step = tuple[int, str, int]
"""Number, label, whether it is an end."""
MINUTE = 60_000_000
DAY = 1440 * MINUTE


def counted(
    facts: Sequence[Fact],
    sessions: dict[str, int],
    walk: Walk,
    is_entry: Callable[[Fact], bool],
    bounds: tuple[int, int],
) -> dict[int, list[Step]]:
    """Return the steps and ends of each walk that begins within the bounds, by whose it is."""
    newest = max(each.occurred_at for each in facts)
    rows = sorted(facts, key=lambda each: (each.occurred_at, str(each.id)))
    first: dict[int, str] = {}
    for each in rows:
        first.setdefault(sessions[str(each.id)], str(each.id))
    whose: dict[int, list[Fact]] = {}
    for each in rows:
        if each.visitor:
            who = sessions[str(each.id)] if walk.is_by_visit else each.visitor
            whose.setdefault(who, []).append(each)
    found = {}
    for who, mine in whose.items():
        places = (
            n for n, each in enumerate(mine) if is_entry(each) and bounds[0] <= each.occurred_at < bounds[1]
        )
        if (start := next(places, None)) is not None:
            found[who] = _one(mine, start, walk, newest, set(first.values()))
    return found


def _one(mine: list[Fact], start: int, walk: Walk, newest: int, firsts: set[str]) -> list[Step]:
    anchor = mine[start]
    side = mine[:start][::-1] if walk.is_back else mine[start + 1 :]
    near = [
        each for each in side if abs(each.occurred_at - anchor.occurred_at) <= walk.within_seconds * 1_000_000
    ]
    last = label(anchor, walk, firsts)
    steps: list[Step] = []
    at = anchor.occurred_at
    for each in near:
        name = label(each, walk, firsts)
        if name is None or name == last:
            continue
        last, at = name, each.occurred_at
        steps.append((len(steps) + 1, name, 0))
        if len(steps) == walk.steps:
            return steps
    if walk.is_back:
        why = BEGAN
    elif walk.is_by_visit:
        why = OPEN if newest - at < 30 * MINUTE else ENDED
    else:
        why = OPEN if newest - anchor.occurred_at < walk.days * DAY else ENDED
    return [*steps, (len(steps) + 1, why, 1)]


def label(fact: Fact, walk: Walk, firsts: set[str]) -> str | None:
    """Return what a fact is called as a step, None where it is none."""
    match walk.what:
        case "page":
            return fact.path if fact.name == "web.page.served" else None
        case "source":
            return fact.source if str(fact.id) in firsts else None
        case _:
            return None if fact.name in UNTOLD else fact.name


def ribbons(walks: dict[int, list[Step]], walk: Walk, name: str, most: int) -> Counter[tuple[int, str, str]]:
    """Return how many walks go from one label to the next at each step, the rare ones of it together."""
    own: dict[int, set[str]] = {}
    for number in range(1, walk.steps + 1):
        times = Counter(
            step[1] for steps in walks.values() for step in steps if step[0] == number and not step[2]
        )
        own[number] = {
            each for each, _n in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        }
    found: Counter[tuple[int, str, str]] = Counter()
    for steps in walks.values():
        before = name
        for number, text, is_end in steps:
            shown = text if is_end or text in own[number] else "…"
            found[(number, shown, before) if walk.is_back else (number, before, shown)] += 1
            before = shown
    return found
