"""A company small enough for tests, made once."""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zoco.ledger.schema import Fact, decoder
from zoco.testing.company import Plan, Truth, company_days

# Madrid's clocks change within the period: on 29 March 2026, on the plan's 25th day.
PLAN = Plan(site=7, until=datetime(2026, 5, 17, 15, 30, tzinfo=UTC), visitors=1_500, days=75, seed=5)


@dataclass(frozen=True)
class Company:
    """A company's facts with, for each, the day and number of the true visit; None for none."""

    truth: Truth
    facts: list[Fact]
    visits: list[tuple[int, int] | None]
    lines: bytes


@pytest.fixture(scope="session")
def company() -> Company:
    return made(PLAN)


def made(plan: Plan) -> Company:
    """Make a company in memory."""
    truth, days = company_days(plan)
    facts, visits, lines = [], [], []
    for day in days:
        lines += day.lines
        facts += [decoder.decode(line) for line in day.lines]
        visits += [None if visit < 0 else (day.number, visit) for visit in day.visit.tolist()]
    return Company(truth, facts, visits, b"".join(lines))


def smaller(**over: object) -> Plan:
    """Return the plan with other numbers."""
    return dataclasses.replace(PLAN, visitors=200, days=20, **over)  # type: ignore[arg-type]


def segments(folder: Path) -> bytes:
    """Return the bytes of all closed segments in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.ndjson")))
