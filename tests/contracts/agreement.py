"""Asking both engines the same and telling where their answers differ."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import timedelta
from decimal import Decimal
from math import isclose

from tests.contracts.many_facts import CHANGES
from zoco.kit.periods import Period
from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal, PropCondition
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.question import Question
from zoco.ledger.report import Report
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.monitor.reports.funnels.chains import Funnel

# One of each kind, for every site.
GOALS = (
    Goal("Page", "page", pattern="/a*"),
    Goal("Deep page", "page", pattern="/**/c*"),
    Goal("Event", "event", event="buy", conditions=(PropCondition("n", "above", "3"),)),
    Goal("Запись", "event", event="записаться", conditions=(PropCondition("seen", "is_not", "no"),)),
    Goal("Form", "form"),
    Goal("Money", "revenue", amount=Decimal("99.5")),
    Goal("Long", "engagement", seconds=60, views=2),
)
FUNNEL = Funnel("Shop", (GOALS[0], GOALS[1], GOALS[5]), 3 * 86_400)
FUNNELS = [(lambda site, key: FUNNEL if key in ("", "1") else None, lambda site: (("1", FUNNEL.name),))]
"""Who knows the funnels, in place of the database."""
COSTS = [
    lambda _site, _period, basis, _with_creatives: "\n".join((
        "spring\tpaid_search\tgoogle\tcpc\t\t0\t12.5\t0\t900\t11\t\t",
        f"o'neil\\n\tpaid_social\ttiktok\tcpc\ta\t0\t{8 if basis == 'net' else 9}\t1\t\t\t\t",
        "spring\t\t\t\t\t1\t\t0\t\t\t25\t40",
    ))
]  # fmt: skip
"""Who knows what was spent, in place of the database."""
# What is told of the asking, not of the facts.
_APART = {"report", "question", "sql", "seconds"}
# Bounds of an interval take several steps in floating point, whose last digit engines may round apart.
_BOUNDS = ("_low", "_high")


def zones_of(number: int) -> tuple[str, str]:
    """Return the two zones in which the report of this number is compared: one of each kind of site."""
    zones = list(CHANGES)
    first = number % len(zones)
    return zones[first], zones[first + 1 if first % 2 == 0 and first + 1 < len(zones) else first - 1]


def questions(report: Report, zone: str) -> Iterator[Question]:
    """Give questions that take in both days on which the zone's clock changes.

    One over the whole span between them, about people or about everybody, on a site that counts by
    tracker or on one that counts by log; and by hours around each day where the report has steps.
    """
    days = CHANGES[zone]
    place = list(CHANGES).index(zone)
    site = SiteInfo(1 + place % 2, "s", "S", zone, "EUR", place, ("tracker", "log")[place % 2], is_demo=False)
    span = Period(days[0] - timedelta(days=1), days[1] + timedelta(days=1), zone)
    yield Question(site, span, verdicts=("people", "all")[place % 2], size=10_000)
    if any(
        parameter.name == "grain" and "hour" in dict(parameter.choices) for parameter in report.parameters
    ):
        for day in days:
            around = Period(day - timedelta(days=1), day + timedelta(days=1), zone)
            yield Question(site, around, params={"grain": "hour"})
    if report.crowd:
        added = Filter("device", "is", ("phone",))
        yield Question(site, span, filters=(added,), size=10_000, guard=Guard(20, (added,)))


def both_answers(report: Report, question: Question, one: Store, other: Store) -> tuple[Answer, Answer]:
    """Ask two stores the same."""
    return ask(report, question, store=one), ask(report, question, store=other)


def differences(answers: tuple[Answer, Answer]) -> dict[str, object]:
    """Return what differs between two answers, by the part of the answer; empty when nothing."""
    found: dict[str, object] = {}
    for field in fields(Answer):
        if field.name in _APART:
            continue
        left, right = (getattr(answer, field.name) for answer in answers)
        if field.name == "rows":
            unlike = [pair for pair in zip(left, right, strict=False) if not _alike(*pair)]
            if unlike or len(left) != len(right):
                found["rows"] = (len(left), len(right), unlike[:3])
        elif left != right:
            found[field.name] = (left, right)
    return found


def _alike(left: Row, right: Row) -> bool:
    """Say whether two rows are equal; bounds of intervals within 1e-12 of their size."""
    one, other = asdict(left), asdict(right)
    for part in ("values", "before"):
        here, there = one[part] or {}, other[part] or {}
        for name in here.keys() & there.keys():
            if name.endswith(_BOUNDS) and _close(here[name], there[name]):
                here[name] = there[name]
    return one == other


def _close(left: object, right: object) -> bool:
    """Say whether two floats are the same but for rounding."""
    return isinstance(left, float) and isinstance(right, float) and isclose(left, right, rel_tol=1e-12)
