"""Files and commands: exact shapes, exact bytes."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyarrow import parquet

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.commands import report as commands
from zoco.ledger.pictures.sheets.export import Format, answer_dict, export
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD, fact, ledger
from zoco.project.cli import parser

NOW = datetime(2026, 4, 10, tzinfo=UTC)


def question(key: str, **address: str) -> Question:
    return Question.from_address({"period": PERIOD, **address}, report=report_named(key), now=NOW)


def file(store: Store, key: str, format: Format, **address: str) -> bytes:
    return b"".join(export(report_named(key), question(key, **address), format, store=store))


def test_the_json_shape_of_an_answer(store: Store) -> None:
    found = answer_dict(ask(report_named("pages"), question("pages", size="1"), store=store, now=NOW))

    assert found.pop("report")["key"] == "pages"
    assert found.pop("query").startswith("SELECT")
    assert found.pop("seconds") >= 0
    assert found == {
        "site": {
            "slug": "shop",
            "name": "Shop",
            "zone": "Europe/Madrid",
            "currency": "EUR",
            "counting": "log",
            "is_demo": False,
        },
        "period": {"first": "2026-03-28", "last": "2026-03-30", "until": None},
        "period_before": {"first": "2026-03-25", "last": "2026-03-27", "until": None},
        "verdicts": ["human"],
        "filters": [],
        "params": {},
        "rows": [
            {
                "key": {"path": "/"},
                "values": {"visitors": 3, "page_views": 4},
                "before": {"visitors": 1, "page_views": 1},
                "before_key": None,
                "is_unfinished": False,
                "is_cut": False,
                "is_imported": False,
            }
        ],
        "total_rows": 3,
        "page": 1,
        "size": 1,
        "pages": 3,
        "totals": {"page_views": 7},
        "totals_before": {"page_views": 2},
        "overall": {},
        "overall_before": None,
        "largest": {"visitors": 3, "page_views": 4},
        "imported": None,
        "imported_rows": [],
        "imported_total": 0,
        "facts": {"used": 7, "left_out": {"ai": 1, "bot": 1}, "newest_at": "2026-03-30T08:00:00+00:00"},
    }


def test_a_curve_in_json_names_steps_by_the_wall_clock(store: Store) -> None:
    found = json.loads(file(store, "traffic", "json"))

    assert found["rows"][0]["key"] == {"bucket": "2026-03-28T00:00:00"}
    assert found["rows"][0]["before_key"] == {"bucket": "2026-03-25T00:00:00"}
    assert found["overall"]["visitors"] == 3
    assert found["params"] == {"grain": "day"}


def test_csv_of_a_table_and_of_a_curve(store: Store) -> None:
    assert (
        file(store, "pages", "csv", size="1") == b"path,visitors,page_views\r\n/,3,4\r\n/a,1,2\r\n/b,1,1\r\n"
    )
    assert file(store, "requests", "csv", period="2026-03-29..2026-03-31").splitlines() == [
        b"bucket,requests,pages,assets,redirects,calls,not_found,failures",
        b"2026-03-29,2,2,0,0,0,0,0",
        b"2026-03-30,3,2,0,0,0,0,1",
        b"2026-03-31,0,0,0,0,0,0,0",
    ]


def test_csv_of_nothing_has_a_head(store: Store) -> None:
    assert file(store, "pages", "csv", period="2020-01-01") == b"path,visitors,page_views\r\n"


def test_parquet_has_types(store: Store) -> None:
    pages = parquet.read_table(io.BytesIO(file(store, "exit-pages", "parquet")))
    curve = parquet.read_table(io.BytesIO(file(store, "traffic", "parquet", period="2026-04-01")))

    assert pages.to_pylist() == [
        {"path": "/", "exits": 2, "page_views": 4, "exit_rate": 0.5},
        {"path": "/a", "exits": 2, "page_views": 2, "exit_rate": 1.0},
    ]
    assert [str(field.type) for field in pages.schema] == ["string", "int64", "int64", "double"]
    assert [str(field.type) for field in curve.schema] == [
        "timestamp[us]",
        "int64",
        "int64",
        "int64",
        "double",
        "double",
        "double",
        "double",
        "int64",
        "decimal128(38, 4)",
    ]


def test_only_the_file_for_a_spreadsheet_disarms_formulas(tmp_path: Path) -> None:
    with ledger(tmp_path, [fact("2026-03-28 10:00:00", 1, '=cmd|"x"')]) as store:
        pages = report_named("pages")

        plain = b"".join(export(pages, question("pages"), "csv", store=store))
        sheet = b"".join(export(pages, question("pages"), "csv", store=store, is_for_spreadsheet=True))

    assert plain.splitlines()[1] == b'"=cmd|""x""",1,1'
    assert sheet.splitlines()[1] == b'"\'=cmd|""x""",1,1'


def run(words: list[str]) -> Exit:
    options = parser().parse_args(words)
    command: Command = options.command
    return command.run(options)


@pytest.mark.usefixtures("store")
def test_the_command_writes_what_the_report_says(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = run(["report", "pages", "--period", PERIOD, "--filter", "path!=/", "--format", "csv"])

    assert code == Exit.OK
    assert capfdbinary.readouterr().out == b"path,visitors,page_views\r\n/a,1,2\r\n/b,1,1\r\n"


@pytest.mark.usefixtures("store")
def test_the_command_gives_all_rows_in_json(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    run(["report", "errors", "--period", PERIOD, "--param", "kind=failure"])

    found = json.loads(capfdbinary.readouterr().out)
    boom = {"path": "/boom", "status": 500, "link": "news.example", "origin": "log"}
    assert [row["key"] for row in found["rows"]] == [boom]
    assert (found["page"], found["pages"], found["size"]) == (1, 1, 1)


@pytest.mark.usefixtures("store")
def test_the_command_writes_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "pages.parquet"

    run(["report", "pages", "--period", PERIOD, "--format", "parquet", "--output", str(target)])

    assert parquet.read_table(target).num_rows == 3
    assert [path.name for path in tmp_path.iterdir()] == ["pages.parquet"]
    with pytest.raises(CommandFailed, match="cannot be written"):
        run(["report", "pages", "--period", PERIOD, "--output", str(tmp_path / "no" / "x.json")])


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--period", "soon"], "'soon' is no period"),
        (["--filter", "path"], "write --filter name=value"),
        (["--filter", "colour=red"], "There is no filter 'colour'"),
        (["--site", "other"], "There is no site 'other'"),
    ],
)
def test_the_command_says_what_is_wrong(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandFailed) as caught:
        run(["report", "pages", *words])

    assert sentence in str(caught.value)
    assert caught.value.code == Exit.USAGE


def test_reports_lists_them(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    run(["reports"])
    text = capfdbinary.readouterr().out.decode()
    run(["reports", "--format", "json"])
    listed = json.loads(capfdbinary.readouterr().out)["reports"]

    assert ["pages", "Which pages do people look at?"] in [
        line.split(maxsplit=1) for line in text.splitlines()
    ]
    keys = ["productivity", "tags", "short-links", "traffic", "conversions", "goals", "funnel"]
    keys += ["conversion-paths", "funnel_trend", "retention", "cohort_revenue", "life_cycle"]
    keys += ["requests", "pages"]
    assert [each["key"] for each in listed][:14] == keys
    assert listed[13]["measures"] == [
        {"name": "visitors", "label": "Visitors", "unit": "count", "adds_up": False},
        {"name": "page_views", "label": "Page views", "unit": "count", "adds_up": True},
    ]
    assert commands.ReportCommand.key in COMMANDS


def test_a_comparison_that_ends_earlier_says_when(store: Store) -> None:
    report = report_named("pages")
    question = Question.from_address({"period": "2026-03-28"}, report=report, now=NOW)
    answer = ask(report, question, store=store, now=datetime(2026, 3, 28, 11, 3, tzinfo=UTC))

    told = answer_dict(answer)

    assert told["period"] == {"first": "2026-03-28", "last": "2026-03-28", "until": None}
    assert told["period_before"] == {
        "first": "2026-03-27", "last": "2026-03-27", "until": "2026-03-27T11:00:00+00:00",
    }  # fmt: skip
