"""A report of very many rows as JSON: written as it is read, byte for byte what an answer is."""

import json
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.sheets.export import answer_json, export
from zoco.ledger.report import report_named
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PAGE, PERIOD, fact, ledger

NOW = datetime(2026, 4, 10, tzinfo=UTC)
PAGES = 60_000
MOST_BYTES = 24 << 20


def question(key: str, **address: str) -> Question:
    return Question.from_address({"period": PERIOD, **address}, report=report_named(key), now=NOW)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a ledger in which each of very many pages was seen once."""
    folder = tmp_path_factory.mktemp("large")
    line = b'{"id":"%08x-0000-7000-8000-000000000000","site":1,"name":"%b","origin":"log","visitor":%d,'
    line += b'"occurred_at":%d,"path":"/of-a-shop-with-many-things/%d","status":200}\n'
    at = fact("2026-03-28 10:00:00", 1, "/").occurred_at
    with BulkSegment(folder / "spool", "many") as bulk:
        for number in range(PAGES):
            bulk.write(line % (number, PAGE.encode(), number + 1, at + number, number))
    with ledger(folder, []) as opened:
        yield opened


@pytest.mark.parametrize("compare", ["before", "none"])
def test_memory_is_bounded_whatever_the_rows(large: Store, compare: str) -> None:
    asked = question("pages", compare=compare)
    next(iter(export(report_named("pages"), asked, "json", store=large)))

    tracemalloc.start()
    size = pieces = 0
    for piece in export(report_named("pages"), asked, "json", store=large):
        size, pieces = size + len(piece), pieces + 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert pieces > PAGES // 1_000
    assert size > 140 * PAGES
    assert peak < MOST_BYTES, f"{peak >> 20} MB for a file of {size >> 20} MB"


def test_all_rows_are_there_once_with_their_totals(large: Store) -> None:
    found = json.loads(b"".join(export(report_named("pages"), question("pages"), "json", store=large)))

    assert len({row["key"]["path"] for row in found["rows"]}) == len(found["rows"]) == PAGES
    assert (found["total_rows"], found["pages"], found["size"]) == (PAGES, 1, PAGES)
    assert found["totals"] == {"page_views": PAGES}


@pytest.mark.parametrize("key", ["pages", "traffic", "exit-pages"])
@pytest.mark.parametrize("address", [{}, {"compare": "none"}, {"period": "2020-01-01"}])
def test_the_file_is_the_answer_byte_for_byte(store: Store, key: str, address: dict[str, str]) -> None:
    asked = question(key, **address)

    file = b"".join(export(report_named(key), asked, "json", store=store))

    whole = replace(asked, page=1, size=1_000_000_000)
    answer = answer_json(ask(report_named(key), whole, store=store)) + b"\n"
    spent = re.compile(rb'"seconds":[\d.e-]+\}')
    assert spent.sub(b"", file) == spent.sub(b"", answer)
