"""Asking both engines the same and telling where their answers differ."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta

from tests.contracts.many_facts import CHANGES
from zoco.kit.periods import Period
from zoco.ledger.answer import Answer
from zoco.ledger.ask import ask
from zoco.ledger.question import Question
from zoco.ledger.report import Report
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store

# What is told of the asking, not of the facts.
_APART = {"report", "question", "sql", "seconds"}


def questions(report: Report, zone: str, days_around: int = 1) -> Iterator[Question]:
    """Give questions over both days on which the zone's clock changes: people by hours, everybody by
    days; on a site that counts by tracker and on one that counts by log.
    """
    grains = {parameter.name for parameter in report.parameters}
    for number, (day, grain, verdicts) in enumerate(
        zip(CHANGES[zone], ("hour", "day"), ("people", "all"), strict=True), start=1
    ):
        yield Question(
            SiteInfo(number, "s", "S", zone, "EUR", 6, ("tracker", "log")[number - 1], is_demo=False),
            Period(day - timedelta(days=days_around), day + timedelta(days=days_around), zone),
            verdicts=verdicts,
            params={"grain": grain} if "grain" in grains else {},
        )


def long_questions(report: Report, zone: str, first: date, last: date) -> Iterator[Question]:
    """Give a question over the whole span for each grain that the report has."""
    has_grain = any(parameter.name == "grain" for parameter in report.parameters)
    for grain in ("day", "week", "month") if has_grain else ("",):
        site = SiteInfo(1, "s", "S", zone, "EUR", 0, "tracker", is_demo=False)
        yield Question(site, Period(first, last, zone), params={"grain": grain} if grain else {}, size=10_000)


def differences(report: Report, question: Question, one: Store, other: Store) -> dict[str, object]:
    """Return what differs between two stores' answers, by the part of the answer; empty when nothing."""
    answers = [ask(report, question, store=store) for store in (one, other)]
    found: dict[str, object] = {}
    for field in fields(Answer):
        if field.name in _APART:
            continue
        left, right = (getattr(answer, field.name) for answer in answers)
        if field.name == "rows":
            unlike = [pair for pair in zip(left, right, strict=False) if pair[0] != pair[1]]
            if unlike or len(left) != len(right):
                found["rows"] = (len(left), len(right), unlike[:3])
        elif left != right:
            found[field.name] = (left, right)
    return found
