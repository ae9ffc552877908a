"""Pages of people show everybody who fits once, whichever way they are read, forwards and back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from zoco.kit import cells
from zoco.people import paging
from zoco.people.finding import people_found
from zoco.people.giving import sheets
from zoco.people.identities import identity_read
from zoco.people.merging import people_merge
from zoco.people.models import Person, Tag
from zoco.people.paging import Page, Place, people_all, people_page
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 11, 20, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Person]:
    rows = [
        Incoming(
            (identity_read("email", f"ana{n}.anabel@shop.example"),),
            {"name": f"Ana Anabel {'Few' if n in (3, 20) else n}", "city": "Lugo" if n % 2 else "Toledo"},
            tags=("fair",) if n % 3 else ("rare",) if n == 21 else (),
        )
        for n in range(30)
    ]  # fmt: skip
    made = [each.person for each in people_write(rows, at=NOW) if each.person]
    people_merge(person=made[11], into=made[12], why="", at=NOW)
    return made


def leafed(query: str, tag: Tag | None) -> tuple[list[list[int]], list[list[int]], Page]:
    """Return the pages as they come forwards and then back, and the last one."""
    ways: list[list[list[int]]] = []
    page = people_page(query=query, tag=tag, size=4)
    for is_back in (False, True):
        shown = [[each.pk for each in page.people]]
        while page.has_newer if is_back else page.has_older:
            last = shown[-1]
            place = Place(after=last[0]) if is_back else Place(before=last[-1])
            page = people_page(query=query, tag=tag, place=place, size=4)
            shown.append([each.pk for each in page.people])
        ways.append(shown)
    return ways[0], ways[1], page


@pytest.mark.parametrize("counted", [1_000, 5])
@pytest.mark.parametrize(
    ("query", "tagged", "is_known"),
    [
        ("", "", True), ("ana", "", False), ("ana lugo", "", True), ("ana few", "", True),
        ("", "fair", False), ("ana", "rare", True), ("ana lugo", "fair", True), ("nobody", "", True),
        ("lugo nobody", "fair", True),
    ],
)  # fmt: skip
def test_every_way_shows_the_same_people(
    people: list[Person],
    monkeypatch: pytest.MonkeyPatch,
    counted: int,
    query: str,
    tagged: str,
    is_known: bool,
) -> None:
    monkeypatch.setattr(paging, "COUNTED_MOST", counted)
    monkeypatch.setattr(paging, "AT_ONCE", 6)
    tag = Tag.objects.get(name=tagged) if tagged else None
    fitting = people_found(query)
    if tag:
        fitting = fitting.filter(tagged__tag=tag)
    expected = list(fitting.order_by("-pk").values_list("pk", flat=True))

    forwards, back, last = leafed(query, tag)

    assert [pk for page in forwards for pk in page] == expected
    assert all(len(page) == 4 for page in forwards[:-1])
    assert back == forwards[::-1]
    assert list(people_all(query=query, tag=tag)) == expected[::-1]
    assert last.is_more == (counted == 5 and not is_known)
    assert last.total == (counted if last.is_more else len(expected))


def test_a_file_of_many_asks_for_each_few_once_and_no_more_once_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(sheets, "CHUNK", 10)
    monkeypatch.setattr(cells, "PIECE", 100)
    rows = [
        Incoming((identity_read("email", f"ana{n}@shop.example"),), {"name": f"Ana {n}"}) for n in range(35)
    ]
    written = [each.person for each in people_write(rows, at=NOW) if each.person]
    people = people_all(query="ana")
    written[3].delete()

    with django_assert_num_queries(2 + 4 * 3):
        text = "".join(sheets.csv_pieces(people))
    with django_assert_num_queries(2 + 3):
        pieces: Any = sheets.csv_pieces(people)
        assert [next(pieces), next(pieces)[:8]] == ["\ufeff", text[1:9]]
        pieces.close()

    emails = [line.split(",")[8] for line in text.splitlines()[1:]]
    assert emails == [f"ana{n}@shop.example" for n in range(35) if n != 3]
