"""People whose purchases follow a story that is known: rates and leaving differ from one to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from zoco.ledger.schema import Fact
from zoco.research.purchases import Floats, Ints
from zoco.research.tests.bought import order

FIRST = date(2025, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE, WEEKS = 300, 52


def bought(people: int, weeks: int, seed: int = 3) -> tuple[Ints, Ints, Floats]:
    """Return person, day from 0, and money of each purchase, by the story of MBG/NBD."""
    random = np.random.default_rng(seed)
    found = []
    for person in range(1, people + 1):
        rate, leaving, mean = random.gamma(0.6) / 5.0, random.beta(0.8, 2.5), 40 / random.gamma(4.0)
        at = random.uniform(0, weeks / 3)
        while at < weeks:
            found.append((person, int(at * 7), 1 + float(random.gamma(6.0) * mean)))
            if random.random() < leaving:
                break
            at += random.exponential() / max(rate, 1e-9)
    who, day, money = (np.array(column) for column in zip(*found, strict=True))
    return who, day, np.round(money, 2)


def facts_of(people: int, weeks: int, site: int) -> list[Fact]:
    """Return the same as orders, at noon of each day."""
    rows = zip(*bought(people, weeks), strict=True)
    return [
        order(
            f"{FIRST + timedelta(days=int(day))} 12:00:00", int(person), f"O{number}", f"{money}", site=site
        )
        for number, (person, day, money) in enumerate(rows)
    ]
