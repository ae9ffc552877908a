"""Two columns against each other, on the facts counted by hand."""

import json

import pytest

from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.sheets.export import export
from zoco.ledger.report import ParameterWrong, report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD
from zoco.monitor.tests.test_reports import NOW, answered, table


def exported(store: Store, format: str, **address: str) -> str:
    report = report_named("crossed")
    question = Question.from_address({"period": PERIOD, **address}, report=report, now=NOW)
    return b"".join(export(report, question, format, store=store)).decode()  # type: ignore[arg-type]


def test_country_by_device_unless_chosen(store: Store) -> None:
    assert table(answered(store, "crossed")) == [
        # visitors, sessions, page views
        ("FR", "desktop", 2, 2, 3),
        ("ES", "phone", 1, 2, 3),
        ("", "", 0, 0, 1),
    ]


def test_any_two_columns_with_the_period_before(store: Store) -> None:
    answer = answered(store, "crossed", rows="path", across="os", order="path")

    assert table(answer) == [
        ("/", "", 0, 0, 1),
        ("/", "Linux", 2, 2, 2),
        ("/", "iOS", 1, 1, 1),
        ("/a", "iOS", 1, 2, 2),
        ("/b", "Linux", 1, 1, 1),
    ]
    assert [each.filter for each in answer.dimensions] == ["path", "os"]
    assert [row.before and row.before["page_views"] for row in answer.rows] == [0, 0, 1, 0, 0]
    assert answer.totals == {"page_views": 7}


def test_files_and_programs_get_the_columns_that_were_chosen(store: Store) -> None:
    lines = exported(store, "csv", rows="language", across="device", order="language").splitlines()
    told = json.loads(exported(store, "json", rows="language", across="device"))

    assert lines[0].split(",") == ["language", "device", "visitors", "sessions", "page_views"]
    assert lines[2] == "es,phone,1,2,3"
    assert [each["name"] for each in told["report"]["dimensions"]] == ["language", "device"]
    assert told["rows"][0]["key"] == {"language": "fr", "device": "desktop"}


def test_one_column_twice_is_refused(store: Store) -> None:
    with pytest.raises(ParameterWrong, match="choose two different"):
        answered(store, "crossed", rows="path", across="path")
