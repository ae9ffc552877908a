"""Statements as they are asked and as they are written without blanks, for sites and periods of all kinds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements import by_period, kept, statement, templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.asking.statements.statement import Asked
from zoco.ledger.report import Report
from zoco.ledger.sitebook import SiteInfo

ZONES = ("UTC", "Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York")
# A quiet one to write it for, then others of other shapes: both changes of the clock, other months.
PERIODS = (
    "2026-01-05..2026-01-20",
    "2026-02-10..2026-03-10",
    "2026-03-20..2026-04-08",
    "2025-09-28..2025-11-09",
)
Dialect = Literal["duckdb", "clickhouse"]


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing kept, in memory or on disk."""
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(templates, "_held", type(templates._held)())
    monkeypatch.setattr(kept, "_read", set())
    statement.page_sql.cache_clear()
    statement.curve_sql.cache_clear()
    yield
    statement.page_sql.cache_clear()
    statement.curve_sql.cache_clear()


def asked_of(report: Report, zone: str, period: str, dialect: Dialect, *, grain: str = "") -> Asked:
    """Return a question with the period before. What is given of periods is another text for each: Ibis would
    make one of what is there twice.
    """
    site = SiteInfo(1, "shop", "Shop", zone, "EUR", 0, "log", False, ("shop.example",))
    question = Question(site, Period.parse(period, zone), params={"grain": grain} if grain else {})
    asked = Asked.of(report, question, dialect)
    texts = [f"{n} of {period}: it's\t\\n\n" for n, _text in enumerate(by_period.texts_of(asked.given))]
    return replace(asked, given=by_period.with_texts(asked.given, texts))


def site_of(number: int, zone: str) -> SiteInfo:
    """Return one of several sites that are alike but for what must not decide on a statement's text.

    All but one have as many host names.
    """
    key, word = (1, 7, 40, 2_000_000_011, 12)[number % 5], ("shop", "it's", "c", 'd"\\', "ñandú")[number % 5]
    hosts = ("c.example", "www.c.example", "b.example")[: 3 if number % 5 == 2 else 1]
    hosts = hosts if number % 5 == 2 else (f"{word}.example",)
    money = ("EUR", "USD", "JPY", "EUR", "INR")[number % 5]
    return SiteInfo(key, word, f"The {word}", zone, money, 0, "log", number % 2 == 1, hosts)


def sql(asked: Asked) -> str:
    """Return the statement as it is asked."""
    return statement.curve_sql(asked) if asked.report.picture == "curve" else statement.page_sql(asked)


def written(asked: Asked) -> str:
    """Return the statement written for just this period, with no blanks."""
    write = statement._curves if asked.report.picture == "curve" else statement._page
    given = Given(asked.site, asked.periods)
    return templates.written(lambda _given: write(asked), given, asked.dialect)


def words(text: str) -> list[str]:
    """Return a text without its layout, and its tables by their order: both may change with the values."""
    numbers: dict[str, str] = {}
    named = re.sub(r'"t\d+"', lambda found: numbers.setdefault(found[0], f"t{len(numbers)}"), text)
    return named.replace("(", " ( ").replace(")", " ) ").split()
