"""Contracts of a typed table: the published figures, what is wrong line by line, and the pages."""

import csv
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from zoco.moving.parts import parts_all, rows_take
from zoco.people.importing.typed import table_read
from zoco.project.tests.readers import body, client_of
from zoco.research.contracts.forms import EXAMPLE
from zoco.research.contracts.reading import groups_read
from zoco.research.contracts.runs import table_through
from zoco.research.contracts.working import EDGE, SHORT, TOO_LITTLE, kinds_of, worked
from zoco.research.models import ContractTable
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
PAGE = "/admin/research/contracts/"
ASKED = {"name": "Paper", "period": "year", "columns": "kinds", "discount": "10", "money": ""}


@pytest.fixture
def marketer(site: Site) -> Client:
    return client_of("marketer")


def posted(client: Client, text: str, **over: Any) -> Any:
    """Type a table, and do what is asked of the background."""
    answer = client.post(PAGE, {"site": "shop", "text": text, **ASKED, **over})
    for table in ContractTable.objects.filter(state="waiting"):
        table_through(key=table.pk)
    return answer


def found_of(table: ContractTable) -> list[dict[str, Any]]:
    return list(worked(table, kinds_of(table)))


def wrong(text: str) -> list[str]:
    return groups_read(table_read(text.encode()))[1].said()


def first_seven() -> str:
    return "".join(EXAMPLE.splitlines(keepends=True)[:9])


def test_a_typed_table_gives_the_published_parameters(marketer: Client) -> None:
    answer = posted(marketer, first_seven())

    table = ContractTable.objects.get()
    assert answer["Location"] == f"{PAGE}{table.pk}/"
    regular, high_end = table.found["groups"]
    # Fader and Hardie 2007: .704 and 1.182, .668 and 3.806.
    assert [row[1] for row in regular["parameters"]] == pytest.approx([0.704, 1.182], abs=0.0005)
    assert [row[1] for row in high_end["parameters"]] == pytest.approx([0.668, 3.806], abs=0.0005)
    assert regular["actual"][1:3] == [0.631, 0.468]


def test_the_last_five_years_are_held_against_the_first_seven(marketer: Client) -> None:
    posted(marketer, EXAMPLE)

    (table,) = ContractTable.objects.all()
    for group, last in zip(table.found["groups"], (173, 394), strict=True):
        held = group["holdout"]
        assert (held["known"], len(held["rows"]), held["rows"][-1][0]) == (7, 5, last)
        assert held["error"] < 0.05
        assert all(least < expected < most for _actual, expected, least, most in held["rows"])
    page = body(marketer.get(f"{PAGE}{table.pk}/"))
    assert "Fitted to renewals 1 to 7 alone, the model was off by" in page
    assert "Somebody who took renewal 12; of these there are 394" in page


def test_money_is_discounted_by_the_length_of_a_contract(marketer: Client) -> None:
    posted(marketer, EXAMPLE, money="100")
    posted(marketer, EXAMPLE, money="100", period="month")

    monthly, yearly = ContractTable.objects.all()
    page = body(marketer.get(f"{PAGE}{yearly.pk}/"))
    assert "Worth today" in page
    assert "€" in page
    # 10 % a year is less than one per cent a month, so that months are worth more of themselves.
    assert monthly.found["groups"][1]["new"][0] > yearly.found["groups"][1]["new"][0]


def test_cohorts_of_one_kind_are_fitted_together() -> None:
    table = ContractTable(period="month", discount=10.0, is_together=True)
    table.groups = [
        {"name": "January", "counts": [1_000.0, 800, 700, 640]},
        {"name": "February", "counts": [500.0, 410, 360]},
    ]

    (group,) = found_of(table)

    assert group["customers"] == 1_500
    assert group["actual"] == pytest.approx([1, 1210 / 1500, 1060 / 1500, 1060 / 1500 * 640 / 700], abs=1e-6)
    assert [row[:2] for row in group["remaining"]] == [[2, 360], [3, 640]]
    assert group["holdout_why"] == [SHORT, {}]


@pytest.mark.parametrize(
    ("counts", "why"),
    [([40.0, 20, 10, 8], TOO_LITTLE), ([10_000 * 0.8**at for at in range(8)], EDGE)],
)
def test_what_cannot_be_told_is_a_sentence(counts: list[float], why: str) -> None:
    table = ContractTable(period="month", discount=10.0, groups=[{"name": "All", "counts": counts}])

    (group,) = found_of(table)

    assert group["why"][0] == why
    assert "expected" not in group


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year,A\n0,100\n1,ninety\n", "Line 3: A: ninety is no number"),
        ("year,A\n0,100\n1,90\n2,95\n", "Line 4: A grows from 90 to 95."),
        ("year,A\n0,100\n1,90\n3,80\n", "Line 4: Renewal 3 stands where 2 is due"),
        ("year,A\n0,100%\n1,90%\n", "Line 2: A begins with a share."),
        ("year,A,B\n0,100,50\n1,90,\n2,80,40\n", "Line 4: B has a gap above this line"),
        ("year,A\n0,100\n1,-5\n", "Line 3: A: -5 is no count"),
        ("year,A\n0,100,7\n1,90\n", "Line 2: It has more cells than"),
        ("year,A\n0,100\n", "Line 2: A has fewer than two counts"),
    ],
)
def test_what_is_wrong_is_said_by_line(text: str, says: str) -> None:
    assert wrong(text)[0].startswith(says)


def test_many_wrong_lines_are_counted() -> None:
    text = "year,A\n0,100\n" + "".join(f"{at},x\n" for at in range(1, 31))

    said = wrong(text)

    assert len(said) == 21
    assert said[-1] == "10 more lines are wrong."


@pytest.mark.parametrize(
    "text",
    [
        "", "year\n0\n", "year,A,a\n0,1,1\n", 'year,"A\n0,1\n', "year,,B\n0,1,1\n", "\0,b",
        f"year,{'A' * 100}x,{'a' * 100}y\n0,9,9\n1,8,8\n",
    ],
)  # fmt: skip
def test_no_table_keeps_nothing(marketer: Client, text: str) -> None:
    answer = posted(marketer, text)

    assert answer.status_code == 422
    assert not ContractTable.objects.exists()


def test_a_file_of_semicolons_and_commas_is_read(marketer: Client) -> None:
    content = "Monat;Groß\n0;1.000\n1;631,5\n2;468\n3;382\n".encode("cp1252")
    file = SimpleUploadedFile("a.csv", content)

    posted(marketer, "", file=file)

    assert ContractTable.objects.get().groups == [{"name": "Groß", "counts": [1_000.0, 631.5, 468.0, 382.0]}]


def test_a_table_is_changed_and_taken_away(marketer: Client) -> None:
    posted(marketer, first_seven())
    table = ContractTable.objects.get()
    page = marketer.get(f"{PAGE}{table.pk}/")
    (text,) = {page.context["form"]["text"].value()}
    assert list(csv.reader(text.splitlines()))[2] == ["1", "631", "869"]

    changed = marketer.post(
        f"{PAGE}{table.pk}/", ASKED | {"name": "New", "text": text.replace("1,631,869", "1,600,869")}
    )

    table.refresh_from_db()
    assert (table.state, table.found) == ("waiting", {}), "nothing is worked out in a request"
    table_through(key=table.pk)
    table.refresh_from_db()
    assert (changed.status_code, table.name, table.groups[0]["counts"][1]) == (302, "New", 600)
    assert table.found["groups"][0]["actual"][1] == 0.6
    marketer.post(f"{PAGE}{table.pk}/delete/")
    assert not ContractTable.objects.exists()


def test_an_analyst_sees_and_changes_nothing_and_each_language_has_its_words(marketer: Client) -> None:
    posted(marketer, EXAMPLE)
    table = ContractTable.objects.get()
    analyst = client_of("analyst")

    pages = {
        language: body(analyst.get(f"{PAGE}{table.pk}/", headers={"accept-language": language}))
        for language in ("en", "es", "ru", "zh-hans")
    }

    assert "How long a customer still pays" in pages["en"]
    for language in ("es", "ru", "zh-hans"):
        with translation.override(language):
            assert translation.gettext("How long a customer still pays") in pages[language]
        assert "How long a customer still pays" not in pages[language]
    assert "Change the table" not in pages["en"]
    for answer in (
        posted(analyst, EXAMPLE),
        analyst.post(f"{PAGE}{table.pk}/", ASKED | {"name": "Mine", "text": EXAMPLE}),
        analyst.post(f"{PAGE}{table.pk}/delete/"),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert ContractTable.objects.get().name == "Paper"


def test_an_empty_page_offers_the_published_example(marketer: Client) -> None:
    assert "Fill in a published example" in body(marketer.get(PAGE))
    assert "86.9%" in body(marketer.get(f"{PAGE}?site=shop&example=1"))


@pytest.mark.parametrize(
    ("changed", "added"),
    [
        ({}, 1),
        ({"groups": []}, 0),
        ({"groups": [{"name": "A", "counts": [100.0, 90.0, 80.0]}] * 13}, 0),
        ({"groups": [{"name": "A", "counts": [1.0] * 300}]}, 0),
        ({"groups": [{"name": "A", "counts": [1e300, 1.0]}]}, 0),
        ({"groups": [{"name": "A", "counts": [0.0, 0.0]}]}, 0),
        ({"discount": -200.0}, 0),
        ({"money": 1e300}, 0),
    ],
)
def test_an_archive_brings_no_table_that_could_not_be_typed(
    site: Site, changed: dict[str, Any], added: int
) -> None:
    groups = [{"name": "A", "counts": [100.0, 90.0, 80.0]}]
    row = {"name": "Paper", "period": "year", "is_together": True, "discount": 10.0, "money": None}
    part = next(each for each in parts_all() if each.key == "tables of contracts")

    taken = rows_take(part, site.pk, [row | {"groups": groups} | changed])

    assert (taken.added, len(taken.refused)) == (added, 1 - added)
