"""Segments of a site of many pages, and whether the pages under one add up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store

PAGE_ROWS = 5_000
Address = Mapping[str, str | list[str]]
# Of the facts that benchmarks/sql/generate.sql makes, with the goals "Page" and "Money".
SEGMENTS: dict[str, Address] = {
    "none": {},
    "country": {"f.country": "AA"},
    "two countries, not desktop": {"f.country": ["AA", "MA"], "f.device!": "desktop"},
    "pages of a section": {"f.path^": "/section-1"},
    "a page": {"f.path": "/section-0/page-0"},
    "pages that contain a word": {"f.path~": "page-77"},
    "landed in a section": {"f.landing^": "/section-2"},
    "source channel": {"f.channel": "organic_search"},
    "campaign": {"f.campaign~": "campaign1"},
    "reached a goal": {"f.goal": "Money"},
    "did not reach a goal": {"f.goal!": "Page"},
    "nobody": {"f.path": "/nowhere"},
}


def pages_added_up(address: Address, store: Store, now: datetime) -> tuple[int, list[str]]:
    """Page through the report of pages; return how many there are, and what does not add up."""
    report = report_named("pages")
    question = Question.from_address({**address, "compare": "none"}, report=report, now=now)
    question = replace(question, size=PAGE_ROWS)
    first = answer = ask(report, question, store=store, now=now)
    rows = list(first.rows)
    for number in range(2, first.pages + 1):
        answer = ask(report, replace(question, page=number), store=store, now=now)
        rows += answer.rows
    found = []
    for name, total in first.totals.items():
        added = sum((Decimal(row.values[name] or 0) for row in rows), Decimal())
        if added != total:
            found.append(f"{name}: {added} of {total}")
    distinct = len({tuple(row.key.values()) for row in rows})
    if not distinct == len(rows) == first.total_rows:
        found.append(f"{distinct} pages of {first.total_rows}")
    return distinct, found
