"""A street of people and machines who walk through a site, each by its own habit; no user agents.

Written from how people and machines go about pages, not from the rules that tell them apart, and sharing
no code with these. `label` of a visit is in the title of its first page: "reader", "farm" and so on.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from zoco.kit.ids import uuid8
from zoco.ledger.schema import Fact

DAY_START = 1_760_486_400_000_000
SECOND = 1_000_000
PATHS = [f"/p/{number}" for number in range(400)]
COUNTRIES = ["ES"] * 8 + ["FR", "FR", "DE", "MX", "US"]
SCREENS = ["<480"] * 5 + ["1440-1919"] * 3 + ["≥1920", "1024-1439", "768-1023"]
BROWSERS = [("Chrome", "141"), ("Chrome", "140"), ("Safari", "26"), ("Firefox", "144"), ("Edge", "141")]
CHANNELS = ["organic_search"] * 5 + ["direct"] * 4 + ["organic_social", "referral", "email"]
# What a walker does: moments in seconds from its beginning, with milliseconds looked at and other deeds.
Walk = list[tuple[float, int, bool]]


def _reader(rng: random.Random) -> Walk:
    at, walk = 0.0, []
    for _ in range(min(30, 1 + int(rng.expovariate(1 / 3)))):
        stay = min(1_200.0, 2 + rng.lognormvariate(3.0, 1.0))
        walk.append((at, int(stay * 1_000 * rng.uniform(0.4, 1)), rng.random() < 0.1))
        at += stay
    return walk


def _blocked(rng: random.Random) -> Walk:
    return [(at, 0, False) for at, _, _ in _reader(rng)]


def _keyboard(rng: random.Random) -> Walk:
    return [(at, looked, False) for at, looked, _ in _reader(rng)]


def _clicker(rng: random.Random) -> Walk:
    at, walk = 0.0, []
    for _ in range(rng.randint(6, 30)):
        stay = rng.uniform(0.9, 3.0)
        walk.append((at, int(stay * 900), rng.random() < 0.1))
        at += stay
    return walk


def _tabs(rng: random.Random) -> Walk:
    opened = [index * rng.uniform(0.3, 0.9) for index in range(rng.randint(5, 14))]
    return [(at, int(rng.lognormvariate(9, 1)) if rng.random() < 0.7 else 0, False) for at in sorted(opened)]


def _office(rng: random.Random) -> Walk:
    walk: Walk = []
    for _ in range(rng.randint(10, 40)):
        begin = rng.uniform(0, 3_600)
        walk += [(begin + at, looked, deed) for at, looked, deed in _reader(rng)]
    return sorted(walk)


def _walker(rng: random.Random) -> Walk:
    pace = rng.uniform(0.1, 0.8)
    return [(index * pace * rng.uniform(0.95, 1.05), 0, False) for index in range(rng.randint(8, 120))]


def _farm(rng: random.Random) -> Walk:
    return [(0.0, 0, False)]


def _headless(rng: random.Random) -> Walk:
    pace, at, walk = rng.uniform(3, 40), 0.0, []
    spread = rng.choice([0.1, 0.3, 0.6])
    for _ in range(rng.randint(5, 25)):
        walk.append((at, 0, False))
        at += pace * rng.uniform(1 - spread, 1 + spread)
    return walk


PEOPLE: dict[str, tuple[Callable[[random.Random], Walk], int]] = {
    "reader": (_reader, 900),
    "blocked": (_blocked, 90),
    "keyboard": (_keyboard, 120),
    "clicker": (_clicker, 80),
    "tabs": (_tabs, 60),
    "office": (_office, 12),
}
MACHINES: dict[str, tuple[Callable[[random.Random], Walk], int]] = {
    "walker": (_walker, 120),
    "farm": (_farm, 240),
    "headless": (_headless, 150),
}


def street(seed: int, *, days: int = 1) -> Iterator[Fact]:
    """Yield the facts of some days."""
    rng, number = random.Random(seed), 0
    for day in range(days):
        marks = [(rng.choice(COUNTRIES), rng.choice(SCREENS), *rng.choice(BROWSERS)) for _ in range(4)]
        for label, (walk, count) in (PEOPLE | MACHINES).items():
            for index in range(count):
                mark = marks[index % 4] if label == "farm" else None
                who = mark or (rng.choice(COUNTRIES), rng.choice(SCREENS), *rng.choice(BROWSERS))
                begin = DAY_START + day * 86_400 * SECOND + int(rng.uniform(0, 75_000) * SECOND)
                number += 1
                yield from _facts(rng, label, number, begin, walk(rng), who)


def _facts(
    rng: random.Random, label: str, visitor: int, begin: int, walk: Walk, who: tuple[str, ...]
) -> Iterator[Fact]:
    direct = label in MACHINES and rng.random() < 0.8
    channel = "direct" if direct else rng.choice(CHANNELS)
    for step, (at, looked, deed) in enumerate(walk):
        path, moment = rng.choice(PATHS), begin + int(at * SECOND)
        common: dict[str, Any] = {
            "country": who[0],
            "screen": who[1],
            "browser": who[2],
            "browser_version": who[3],
        }
        common |= {"path": path, "language": "es", "title": label, "channel": channel}
        common |= {"source": "x"} if channel != "direct" else {}
        names = ["web.page.viewed"] + ["web.page.engaged"] * (looked > 0) + ["web.event.sent"] * deed
        for place, name in enumerate(names):
            yield Fact(
                id=uuid8(visitor, step, place),
                site=1,
                name=name,
                origin="tracker",
                occurred_at=moment + place * (looked * 1_000 // 2 + 1_000),
                visitor=visitor,
                quantity=looked if name == "web.page.engaged" else 0,
                **common,
            )
