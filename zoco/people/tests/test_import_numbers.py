"""1,234 is a thousand in one file and one and a bit in another: its column tells, else whoever imports it."""

from typing import Any

import pytest

from zoco.people.attributes import ValueWrong
from zoco.people.importing import running
from zoco.people.importing.files.numbers import number_read, sign_told
from zoco.people.models import Person
from zoco.people.tests.test_importing import NOW, imported, refused
from zoco.project.tests.readers import body, client_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1234", ""), ("1,234", "?,"), ("1.234", "?."), ("12,5", ","), ("0,125", ","), ("1234,567", ","),
        ("1,234.5", "."), ("1.234,5", ","), ("1,234,567", "."), ("-1.234.567", ","), ("1 234,5", ","),
        ("12.05.2024", ""), ("1,2,3", ""), ("1,23.4", ""), ("v1.2", ""), (",5", ""), ("12'345.6", "."),
    ],
)  # fmt: skip
def test_what_a_value_tells_of_the_sign_before_decimals(text: str, told: str) -> None:
    assert sign_told(text) == told


def test_numbers_are_read_by_the_sign_of_the_file() -> None:
    assert [number_read("1,234", each) for each in (".", ",", "")] == [1234.0, 1.234, 1.234]
    assert [number_read(each, ".") for each in ("-1,234,567.5", "7", "1 234.5")] == [-1234567.5, 7, 1234.5]
    assert [number_read(each, "") for each in ("1.234,5", "1,234.5", "1,234,567", "2,5")] == [
        1234.5, 1234.5, 1234567, 2.5,
    ]  # fmt: skip
    for text, sign in (("1,5", "."), ("1.5", ","), ("1,23,456", "."), ("x", "")):
        with pytest.raises(ValueWrong):
            number_read(text, sign)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "sign", "read"),
    [
        # commas between columns, and nothing sure: English
        ('email,Spent\na@a.example,"1,234"\nb@a.example,"12,000"\n', ".", [1234.0, 12000.0]),
        # one value is sure
        ('email,Spent\na@a.example,"1,234"\nb@a.example,"12,5"\n', ",", [1.234, 12.5]),
        ('email,Spent\na@a.example,"1,234"\nb@a.example,"1,000.5"\n', ".", [1234.0, 1000.5]),
        # semicolons between columns, and nothing sure
        ("email;Spent\na@a.example;1,234\nb@a.example;7\n", ",", [1.234, 7.0]),
        ("email;Spent\na@a.example;1.234\nb@a.example;1.234,50\n", ",", [1234.0, 1234.5]),
        # each way is sure somewhere: every number tells by itself
        ('email,Spent\na@a.example,"2,5"\nb@a.example,2.5\n', "", [2.5, 2.5]),
    ],
)  # fmt: skip
def test_the_sign_is_guessed_from_whole_columns(table: str, sign: str, read: list[float]) -> None:
    run = imported("list.csv", table)

    assert run.options["decimal"] == sign
    assert [each.attributes["spent"] for each in Person.objects.order_by("pk")] == read


@pytest.mark.django_db
def test_whoever_imports_chooses_and_sees_how_numbers_are_read() -> None:
    marketer = client_of("marketer")
    raw = b'E-mail,Spent\nana@a.example,"1,234"\n'
    run = running.import_begin(name="list.csv", size=len(raw), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=raw)
    running.step_begin(run=run, step="read")
    running.through(key=run.pk)
    page, given = f"/admin/people/imports/{run.pk}/", _given()

    asked = body(marketer.get(page))
    shown = []
    for sign in (".", ","):
        marketer.post(f"{page}act/", given | {"decimal": sign})
        running.through(key=run.pk)
        shown.append(body(marketer.get(page)))

    assert '<option value="." selected>' in asked
    assert "So that 1,234 is read as 1.234 or as 1,234." in asked
    assert "Spent: 1,234" in shown[0]
    assert "Spent: 1.234" in shown[1]


@pytest.mark.django_db
def test_a_number_that_is_written_otherwise_is_refused_with_the_reason() -> None:
    run = imported("list.csv", 'email,Spent\na@a.example,"2,5"\nb@a.example,2.5\n', decimal=",")

    ((_table, line, words, places, _cells),) = refused(run)
    assert (line, words) == (3, "%(column)s: %(why)s")
    assert places["why"][0].startswith("%(value)r is no number whose decimals stand behind a comma")


def _given() -> dict[str, Any]:
    return {
        "column-0": "email", "column-1": "new.number", "known": "change", "topic": "-", "do": "plan",
        "space": "import",
    }  # fmt: skip
