"""Answers of a survey as they are counted: the newest up to a bound, narrowed and grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from zoco.surveys.models import Response, Survey

RESPONSES_MOST = 20_000
GROUPS_MOST = 24
BY = ("month", "week", "language", "way")


@dataclass(frozen=True, slots=True)
class Said:
    """One response: when in the zone of the site, in which language, by which way, and what."""

    at: datetime
    language: str
    way: str
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """Responses, the oldest first; `left_out` are those before the newest RESPONSES_MOST."""

    rows: list[Said]
    left_out: int

    def answers(self, question: str) -> list[Any]:
        """Return what was answered to a question."""
        return [each.answers[question] for each in self.rows if question in each.answers]

    def groups(self, by: str) -> Iterator[tuple[str, Read]]:
        """Yield the newest or largest groups, each with the key of its group."""
        found: dict[str, list[Said]] = {}
        for each in self.rows:
            found.setdefault(_group(each, by), []).append(each)
        keys = sorted(found)[-GROUPS_MOST:]
        if by in ("language", "way"):
            keys = sorted(found, key=lambda key: (-len(found[key]), key))[:GROUPS_MOST]
        for key in keys:
            yield key, Read(found[key], 0)


def responses_read(survey: Survey, zone: str, *, language: str = "", way: str = "") -> Read:
    """Read the newest responses."""
    found = Response.objects.filter(survey=survey)
    if language:
        found = found.filter(language=language)
    if way:
        found = found.filter(way=way)
    newest = found.order_by("-at", "-id").values_list("at", "language", "way", "answers")[:RESPONSES_MOST]
    local = ZoneInfo(zone)
    rows = [Said(at.astimezone(local), *rest) for at, *rest in newest]
    whole = found.count() if len(rows) == RESPONSES_MOST else len(rows)
    return Read(rows[::-1], whole - len(rows))


def _group(row: Said, by: str) -> str:
    if by == "week":
        year, week, _day = row.at.isocalendar()
        return f"{year}-W{week:02d}"
    return {"language": row.language, "way": row.way}.get(by) or f"{row.at:%Y-%m}"


def distinct(survey: Survey, column: str) -> Sequence[str]:
    """Return the languages or ways in which a survey was answered."""
    rows = Response.objects.filter(survey=survey).order_by(column)
    return list(rows.values_list(column, flat=True).distinct())
