"""Questions: read from an address, written into one, and refused with a sentence that helps."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from zoco.kit.periods import Period, PeriodUnreadable
from zoco.ledger import sitebook
from zoco.ledger.asking.filters import Filter, FilterWrong
from zoco.ledger.asking.question import Question, QuestionWrong, bucket_end, period_read, year_before
from zoco.ledger.report import ParameterWrong, report_named
from zoco.ledger.sitebook import SiteUnknown
from zoco.ledger.tests.reports.made import SITE, ZONE

NOW = datetime(2026, 4, 10, 22, 30, tzinfo=UTC)  # 00:30 on the 11th in Madrid


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    held = list(sitebook._providers)
    sitebook.provide(lambda: [SITE])
    yield
    sitebook._providers[:] = held


def test_everything_in_an_address_is_read() -> None:
    address = QueryDict(
        "site=shop&period=2026-03-28..2026-03-30&compare=year&verdicts=bot,ai&order=-bounce&page=3&size=20"
        "&grain=hour&f.country=ES&f.country=FR&f.path!=/careers/&f.title~=honey&f.landing!^=/x"
    )

    question = Question.from_address(address, report=report_named("traffic"), now=NOW)

    assert question == Question(
        site=SITE,
        period=Period(date(2026, 3, 28), date(2026, 3, 30), ZONE),
        compare="year",
        filters=(
            Filter("country", "is", ("ES", "FR")),
            Filter("landing", "starts_not", ("/x",)),
            Filter("path", "is_not", ("/careers/",)),
            Filter("title", "contains", ("honey",)),
        ),
        verdicts="bot,ai",
        params={"grain": "hour"},
        order="-bounce",
        page=3,
        size=20,
    )
    assert question.verdicts_chosen == ("bot", "ai")


def test_an_address_that_was_written_reads_the_same() -> None:
    address = {
        "period": "2026-03-28",
        "f.path!": ["/a", "/b"],
        "verdicts": "all",
        "grain": "week",
        "page": "2",
    }
    question = Question.from_address(address, now=NOW)

    again = Question.from_address(question.to_address(), now=NOW)

    assert again == question


def test_without_a_period_it_is_the_last_thirty_local_days() -> None:
    question = Question.from_address({}, now=NOW)

    assert str(question.period) == "2026-03-13..2026-04-11"
    assert str(question.period_before) == "2026-02-11..2026-03-12"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("today", "2026-04-11..2026-04-11"),
        ("yesterday", "2026-04-10..2026-04-10"),
        ("7d", "2026-04-05..2026-04-11"),
        ("28d", "2026-03-15..2026-04-11"),
        ("month", "2026-04-01..2026-04-11"),
        ("lastmonth", "2026-03-01..2026-03-31"),
        ("year", "2026-01-01..2026-04-11"),
        ("lastyear", "2025-01-01..2025-12-31"),
        ("12mo", "2025-04-12..2026-04-11"),
        ("2026-03-29", "2026-03-29..2026-03-29"),
    ],
)
def test_short_forms_of_periods(text: str, period: str) -> None:
    assert str(period_read(text, ZONE, now=NOW)) == period


@pytest.mark.parametrize(
    ("first", "period"),
    [
        (date(2024, 2, 29), "2024-02-29..2026-04-11"),
        (date(2027, 1, 1), "2026-04-11..2026-04-11"),
        (date(1999, 1, 1), "2016-02-24..2026-04-11"),
        (None, "2026-04-11..2026-04-11"),
    ],
)
def test_all_time_begins_with_the_first_day_and_is_no_longer_than_a_period(
    first: date | None, period: str
) -> None:
    assert str(period_read("all", ZONE, now=NOW, first=lambda: first)) == period


@pytest.mark.parametrize(
    ("address", "error", "sentence"),
    [
        ({"period": "soon"}, PeriodUnreadable, "'soon' is no period; write it as 2015-05-17..2015-05-20."),
        ({"period": "2026-02-01..2026-01-01"}, PeriodUnreadable, "before it begins"),
        ({"period": "2000-01-01..2026-01-01"}, PeriodUnreadable, "ask for at most 3700"),
        ({"period": "0001-01-01"}, PeriodUnreadable, "outside the years 1971 to 9000"),
        ({"compare": "x"}, QuestionWrong, "compare is 'x'; choose before, year or none."),
        ({"verdicts": "cats"}, QuestionWrong, "verdicts has 'cats'; choose people, bots, all, or of: human"),
        ({"page": "0"}, QuestionWrong, "page is '0'; write a whole number from 1 to"),
        ({"size": "-1"}, QuestionWrong, "size is '-1'"),
        ({"order": "-nothing"}, QuestionWrong, "traffic has no column 'nothing' to order by; it has: bucket"),
        ({"colour": "red"}, QuestionWrong, "traffic knows no 'colour'; there are: site, period"),
        ({"grain": "year"}, ParameterWrong, "grain is 'year'; choose one of: hour, day, week, month."),
        ({"f.colour": "red"}, FilterWrong, "There is no filter 'colour'; filter by one of: path"),
        ({"f.path!!": "x"}, FilterWrong, "f.path!!: write f.path= (is)"),
        ({"f.status": "abc"}, FilterWrong, "write a number such as 404"),
        ({"f.path": "a\0"}, FilterWrong, "without NUL"),
        ({"site": "other"}, SiteUnknown, "There is no site 'other'; there are: shop."),
    ],
)
def test_what_is_wrong_is_said(address: dict[str, str], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as caught:
        Question.from_address(address, report=report_named("traffic"), now=NOW)

    assert sentence in str(caught.value)


def test_a_year_before_a_leap_day_begins_on_the_28th() -> None:
    assert str(year_before(Period(date(2024, 2, 29), date(2024, 3, 2), ZONE))) == "2023-02-28..2023-03-02"


@pytest.mark.parametrize(
    ("zone", "start", "grain", "end"),
    [
        (ZONE, datetime(2026, 3, 29, 1), "hour", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # noqa: DTZ001
        (ZONE, datetime(2026, 10, 25, 2), "hour", datetime(2026, 10, 25, 2, tzinfo=UTC)),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1), "hour", datetime(2026, 4, 4, 15, 30, tzinfo=UTC)),  # noqa: DTZ001
        (ZONE, datetime(2026, 3, 29), "day", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # noqa: DTZ001
        (ZONE, datetime(2026, 3, 23), "week", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # noqa: DTZ001
        (ZONE, datetime(2026, 2, 1), "month", datetime(2026, 2, 28, 23, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_when_a_bucket_is_over(zone: str, start: datetime, grain: str, end: datetime) -> None:
    assert bucket_end(start, grain, zone) == end
