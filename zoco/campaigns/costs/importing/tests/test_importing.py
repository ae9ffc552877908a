"""Imports of costs: the same twice, stated anew, refused with reasons, hostile, stopped, killed."""

import csv
import io
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from zoco.campaigns.costs.importing import running, steps
from zoco.campaigns.costs.importing.made import Options
from zoco.campaigns.costs.importing.mapping import day_read
from zoco.campaigns.costs.importing.summing import sums_from, sums_write
from zoco.campaigns.costs.importing.tests.made import begun, imported, planned, site_made, worked
from zoco.campaigns.costs.models import Cost, CostBefore, CostImport
from zoco.campaigns.models import Campaign
from zoco.kit.runs import teller
from zoco.people.importing.files.reading import rows_from
from zoco.people.importing.files.refusals import refused_texts
from zoco.project.models import Change
from zoco.testing.dying import killed

pytestmark = pytest.mark.django_db
TABLE = "date,campaign,source,creative,amount\n2026-03-28,spring,google,a,20\n2026-03-29,brand,google,,10\n"


def reasons(run: CostImport) -> list[str]:
    path = running.RUNS.path_of(run.pk) / steps.REFUSED
    told = "".join(refused_texts(path, names=["costs.csv"], keys=[each["key"] for each in run.columns]))
    return [line[2] for line in csv.reader(io.StringIO(told))][1:]


def test_the_same_file_twice_changes_nothing_and_what_is_stated_anew_keeps_what_was() -> None:
    site = site_made()

    first, again = imported(site, TABLE.encode()), imported(site, TABLE.encode())
    anew = imported(site, TABLE.replace(",20", ",25").encode())
    other = imported(site, TABLE.encode(), account="second")

    assert [run.counts for run in (first, again, anew, other)] == [
        {"new": 2}, {"same": 2}, {"changed": 1, "same": 1}, {"new": 2},
    ]  # fmt: skip
    cost = Cost.objects.get(campaign__code="spring", account="")
    assert (cost.amount, cost.run_id, cost.is_imported) == (Decimal(25), anew.pk, True)
    before = CostBefore.objects.get()
    assert (before.cost_id, before.amount, before.replaced_by_id) == (cost.pk, Decimal(20), anew.pk)
    noted = Change.objects.filter(kind="zoco_campaigns.cost").order_by("id")
    assert [(line.details["new"][1], line.details["changed"][1]) for line in noted] == [
        (2, 0),
        (0, 1),
        (2, 0),
    ]


def test_rows_that_cannot_be_taken_are_refused_with_their_reasons() -> None:
    text = (
        "Day,Campaign name,Amount spent (EUR),Currency,Impressions\r\n"
        "01.04.2026,SPRING,2.50,EUR,7\r\n"
        "2026-04-01,spring,4,usd,\r\n"
        "soon,spring,4,,\r\n"
        "2026-04-11,spring,4,,\r\n"
        "2026-04-01,autumn,4,,\r\n"
        "2026-04-01,spring,much,,\r\n"
        "2026-04-01,spring,-4,,\r\n"
        "2026-04-01,spring,NaN,,\r\n"
        "2026-04-01,spring,=1+1,,\r\n"
        "2026-04-01,spring,4,euros,\r\n"
        "2026-04-01,spring,4,,1.5\r\n"
        "2026-04-01,spring,,,\r\n"
        "2026-04-01,spring,4,,,and,more\r\n"
        ",,99,,\r\n"
    )

    run = imported(site_made(), text.encode())

    found = Cost.objects.order_by("currency").values_list("amount", "currency", "impressions")
    assert list(found) == [(Decimal("2.50"), "EUR", 7), (Decimal(4), "USD", None)]
    assert (run.plan["refused"], run.plan["totals"], run.found["unknown"]) == (11, 1, ["autumn"])
    assert reasons(run) == [
        "No day, or not written as 2026-11-30 or 30.11.2026",
        "The day lies in the future, or before 2000", "The site has no campaign of the code or name autumn",
        "The amount is no number", "The amount is below 0, or too large", "The amount is no number",
        "The amount is no number", "The currency is not three letters, such as EUR",
        "Impressions or clicks are no whole number", "There is no amount",
        "It has more cells than the head of its table.",
    ]  # fmt: skip


def test_a_row_of_several_days_is_refused_and_one_of_one_day_counts() -> None:
    text = (
        "Campaign name,Amount spent (EUR),Reporting starts,Reporting ends\n"
        "Brand,10,2026-03-01,2026-03-31\nBrand,3,2026-03-02,2026-03-02\n"
    )

    run = imported(site_made(), text.encode())

    assert (run.kind, run.plan["refused"]) == ("meta", 1)
    assert Cost.objects.get().amount == 3
    assert "broken down by day" in "".join(reasons(run))


def test_rows_of_unknown_campaigns_may_count_for_one_and_vat_is_kept() -> None:
    site = site_made()
    brand = Campaign.objects.get(code="brand")
    text = b"date,campaign,amount\n2026-03-28,EN | Search,121\n2026-03-28,DE | Search,121\n"

    imported(site, text, fallback=brand.pk, with_vat=True, vat_percent="21")

    cost = Cost.objects.get()
    assert (cost.campaign, cost.amount, cost.with_vat, cost.vat_percent) == (
        brand, Decimal(242), True, Decimal(21),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "days", "on"),
    [
        ("2026-03-04", "dmy", date(2026, 3, 4)), ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)), ("3.4.2026", "mdy", date(2026, 4, 3)),
        ("2026-03-04 00:00:00", "dmy", date(2026, 3, 4)), ("Mar 4, 2026", "dmy", date(2026, 3, 4)),
        ("2026年3月4日", "dmy", date(2026, 3, 4)), ("20260304", "dmy", date(2026, 3, 4)),
    ],
)  # fmt: skip
def test_a_day_is_read_as_programs_write_it(written: str, days: str, on: date) -> None:
    assert day_read(written, days) == on


@pytest.mark.parametrize(
    ("amounts", "read"),
    [
        (("1,234", "5,678"), ("1234", "5678")), (("1.234,50", "7,25"), ("1234.50", "7.25")),
        (("1 234,56", "7"), ("1234.56", "7")), (("$1,234.56", "USD 7"), ("1234.56", "7")),
        (("1'234.56", "7.00 €"), ("1234.56", "7")), (("--", "0.5"), ("0", "0.5")),
    ],
)  # fmt: skip
def test_amounts_are_read_as_their_column_writes_them(
    amounts: tuple[str, str], read: tuple[str, str]
) -> None:
    rows = [f"2026-03-0{day}|spring|{amount}" for day, amount in enumerate(amounts, 1)]

    run = imported(site_made(), "\n".join(["date|campaign|amount", *rows]).encode())

    assert run.plan.get("refused", 0) == 0
    found = Cost.objects.order_by("on").values_list("amount", flat=True)
    assert list(found) == [Decimal(each) for each in read]


@pytest.mark.parametrize(
    "content",
    [
        b"\n", b"\0\0\0\0", b"\xff\xfe", b"date,campaign,amount\n", b"PK\3\4 no zip", b'date,campaign\n"torn',
        b"\xd0\xcf\x11\xe0old", b"x" * 300_000, b",".join([b"a"] * 5_000), b"date\n" + b"\xff" * 50,
    ],
)  # fmt: skip
def test_what_is_no_such_file_ends_in_a_sentence(content: bytes) -> None:
    run = begun(site_made(), content)

    if run.state == "read":  # a table of something: the form asks what it is
        run = planned(run)
        assert run.plan.get("new", 0) == 0
    else:
        assert (run.state, bool(run.said)) == ("failed", True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n\n  \n", "The file is empty."),
        (b"date,campaign,amount\n", "There is no row below the head of the table."),
    ],
)
def test_a_file_without_rows_says_whether_it_has_a_head(content: bytes, said: str) -> None:
    assert begun(site_made(), content).said == said


def test_a_workbook_is_read_and_its_formulas_are_not_run() -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["Day", "Campaign name", "Amount spent (EUR)"])
    book.active.append([date(2026, 3, 28), "Brand", 12.5])
    book.active.append([date(2026, 3, 29), "Brand", "=1+1"])
    file = io.BytesIO()
    book.save(file)

    run = imported(site_made(), file.getvalue(), "costs.xlsx")

    assert Cost.objects.get().amount == Decimal("12.5")
    assert run.plan["refused"] == 1  # the formula has no value that a program kept


def test_many_rows_are_added_up_in_pieces_as_in_one(tmp_path: Any) -> None:
    site = site_made()
    rows = [f"2026-03-{1 + n % 28:02},spring,{n % 9},{n % 100}.25" for n in range(3_000)]
    text = "date,campaign,creative,amount\n" + "\n".join(rows)
    run = planned(begun(site, text.encode()))
    mapper = steps.mapper_of(run)
    folder = running.RUNS.folder_of(run)
    lines = [mapper.line(row) for _place, row in rows_from(folder / steps.ROWS, 0)]

    count = sums_write(lines, tmp_path / "sums", tmp_path, at_once=37)

    assert count == run.found["sums"] == 252
    assert (tmp_path / "sums").read_bytes() == (folder / steps.SUMS).read_bytes()
    total = sum(line.amount for _place, line in sums_from(tmp_path / "sums", 0))
    assert total == sum(Decimal(row.rsplit(",", 1)[1]) for row in rows)


def stops_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    """Let somebody press stop once so many chunks are written."""
    real, calls = steps._chunk, [0]

    def chunk(run: CostImport, costs: list[Cost], place: int) -> None:
        real(run, costs, place)
        calls[0] += 1
        if calls[0] == chunks:
            running.RUNS.stop(run)

    monkeypatch.setattr(steps, "_chunk", chunk)
    monkeypatch.setattr(steps, "CHUNK", 50)
    monkeypatch.setattr("zoco.sites.runs.teller", lambda run, **_given: teller(run, every_seconds=0))


def many() -> bytes:
    rows = [f"2026-{1 + n // 28:02}-{1 + n % 28:02},spring,{n}.5" for n in range(84)]
    rows += [f"2026-{1 + n // 28:02}-{1 + n % 28:02},brand,{n}.5" for n in range(84)]
    return ("date,campaign,amount\n" + "\n".join(rows)).encode()


def test_an_import_is_stopped_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    run = planned(begun(site_made(), many()))
    stops_after(monkeypatch, 2)
    assert running.step_begin(run=run, step="write")

    stopped = worked(run)
    there = Cost.objects.count()
    assert running.go_on(run=stopped)
    done = worked(stopped)

    assert (stopped.state, stopped.done, there) == ("stopped", 100, 100)
    assert (done.state, done.counts, Cost.objects.count()) == ("done", {"new": 168}, 168)
    assert not CostBefore.objects.exists()


@pytest.mark.parametrize(
    ("step", "where", "after"),
    [
        ("plan", "zoco.campaigns.costs.importing.steps.cost_of", 60),
        ("write", "zoco.campaigns.costs.importing.steps.costs_put", 2),
        ("write", "zoco.campaigns.costs.importing.steps.timezone.now", 2),
        ("write", "zoco.campaigns.costs.importing.running._over", 0),
    ],
)
@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_killed_import_goes_on_to_the_same_costs(
    step: str, where: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 50)
    run = begun(site_made(), many())
    if step == "write":
        run = planned(run)
        assert running.step_begin(run=run, step="write")
    else:
        options = Options(**run.options)
        assert running.plan_begin(run=run, kind=run.kind, mapping=run.mapping, options=options)

    killed(partial(running.through, key=run.pk), where=where, after=after)
    CostImport.objects.filter(pk=run.pk).update(told_at="2026-01-01T00:00Z")
    running.RUNS.look()
    dead = CostImport.objects.get(pk=run.pk)
    assert (dead.state, running.go_on(run=dead)) == ("failed", True)
    done = worked(dead)
    if step == "plan":
        assert running.step_begin(run=done, step="write")
        done = worked(done)

    assert (done.state, done.counts, Cost.objects.count()) == ("done", {"new": 168}, 168)
    assert sum(Cost.objects.values_list("amount", flat=True)) == 2 * sum(
        Decimal(n) + Decimal("0.5") for n in range(84)
    )
