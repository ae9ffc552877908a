"""Each importer on its samples: the sums are those counted by hand, what is refused has a reason."""

import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from zoco.monitor.imports.base import ExportUnreadable, Wanted, importer_named
from zoco.monitor.imports.exports import Export
from zoco.monitor.imports.reading.dumps import dump_rows
from zoco.monitor.imports.reading.matomo_xml import xml_rows
from zoco.monitor.imports.sums import Sums
from zoco.monitor.tests.imports import made

FIRST, SECOND = date(2024, 2, 28), date(2024, 2, 29)
WHOLE = {"page_views": 30, "visits": 16, "visitors": 13, "bounces": 7, "seconds": 100}


def read(folder: Path, key: str, content: bytes, name: str = "export", website: str = "") -> Sums:
    sums = Sums(folder / "refused.csv")
    export = Export(made.written(folder, name, content), name)
    importer_named(key).read(export, sums, Wanted("Europe/Madrid", website))
    sums.close()
    return sums


def totals(sums: Sums) -> dict[str, float]:
    return {name: float(amount) for name, amount in sums.totals().items()}


def of(sums: Sums, dimension: str, measure: str) -> dict[tuple[date, str], float]:
    return {
        (day, label): float(amount)
        for (day, dim, label, name), amount in sums.amounts.items()
        if (dim, name) == (dimension, measure)
    }


def test_plausible(tmp_path: Path) -> None:
    sums = read(tmp_path, "plausible", made.plausible())

    assert totals(sums) == WHOLE
    assert sums.days == [FIRST, SECOND]
    assert of(sums, "page", "page_views") == {(FIRST, "/a, b"): 6, (FIRST, "/"): 4, (SECOND, "/"): 20}
    assert of(sums, "source", "visits") == {(FIRST, "Google"): 6}
    assert of(sums, "campaign", "page_views") == {(FIRST, "spring"): 4}
    assert of(sums, "country", "visits") == {(FIRST, "ES"): 6}
    assert of(sums, "source", "visitors") == {}
    assert dict(sums.refused) == {"unknown_file": 1, "day": 1}
    kept = (tmp_path / "refused.csv").read_text()
    assert "imported_visitors_20240228_20240229.csv,4,day" in kept


def test_matomo(tmp_path: Path) -> None:
    sums = read(tmp_path, "matomo", made.matomo())

    assert totals(sums) == WHOLE
    assert of(sums, "page", "page_views") == {(FIRST, "/a"): 6, (FIRST, "/"): 4, (SECOND, "/"): 20}
    assert of(sums, "country", "visits") == {(FIRST, "Spain"): 6}
    assert dict(sums.refused) == {"twice": 1}
    assert sums.notes == []


def test_matomo_without_page_views_says_so(tmp_path: Path) -> None:
    text = "Date,Unique visitors,Visits,Actions\n2024-02-28,5,6,12\n"

    sums = read(tmp_path, "matomo", text.encode("utf-16"))

    assert totals(sums) == {"page_views": 12, "visits": 6, "visitors": 5}
    assert sums.notes == ["matomo_actions"]


def test_ga4_reports(tmp_path: Path) -> None:
    sums = read(tmp_path, "ga4", made.ga4())

    assert totals(sums) == WHOLE
    assert of(sums, "page", "page_views") == {(FIRST, "/a"): 6, (FIRST, "/"): 4, (SECOND, "/"): 20}
    assert dict(sums.refused) == {"no_day_column": 1}


def test_ga4_events(tmp_path: Path) -> None:
    sums = read(tmp_path, "ga4", made.ga4_events())

    assert totals(sums) == {"page_views": 5, "visits": 3, "visitors": 3, "bounces": 2, "seconds": 40}
    assert of(sums, "", "visitors") == {(FIRST, ""): 2, (SECOND, ""): 1}
    assert of(sums, "event", "events")[(FIRST, "purchase")] == 1
    assert of(sums, "entry", "visits") == {(FIRST, "/"): 2, (SECOND, "/"): 1}
    assert of(sums, "source", "visits") == {(FIRST, "google"): 2, (SECOND, "google"): 1}
    assert dict(sums.refused) == {"no_visit": 1, "shape": 1}


@pytest.mark.parametrize("dump", ["postgres", "mysql", "csv"])
def test_umami(tmp_path: Path, dump: str) -> None:
    website = made.SHOP if dump == "postgres" else ""
    head = (
        "event_id,website_id,session_id,visit_id,created_at,url_path,referrer_domain,event_type,event_name\n"
    )
    rows = [
        ",".join([f"e{number}", *("" if value is None else str(value) for value in row)])
        for number, row in enumerate(made.EVENTS)
        if row[0] == made.SHOP
    ]
    contents: dict[str, Callable[[], bytes]] = {
        "postgres": made.umami_postgres,
        "mysql": made.umami_mysql,
        "csv": lambda: made.zipped({"website_event.csv": head + "\n".join(rows)}),
    }

    sums = read(tmp_path, "umami", contents[dump](), "dump.sql.gz", website)

    assert totals(sums) == {"page_views": 4, "visits": 3, "visitors": 3, "bounces": 2, "seconds": 40}
    assert of(sums, "", "visits") == {(FIRST, ""): 1, (SECOND, ""): 2}
    assert of(sums, "", "visitors") == {(FIRST, ""): 1, (SECOND, ""): 2}
    assert of(sums, "page", "page_views") == {(FIRST, "/it's"): 1, (FIRST, "/a"): 1, (SECOND, "/"): 2}
    assert of(sums, "source", "visits") == {(FIRST, "google.com"): 1}
    assert [label for _day, label in of(sums, "event", "events")] == ["signed\tup"]
    assert dict(sums.refused) == ({"shape": 1} if dump == "postgres" else {})


def test_a_dump_of_several_websites_names_them(tmp_path: Path) -> None:
    with pytest.raises(
        ExportUnreadable, match=rf"{made.SHOP} \(shop.example\), {made.BLOG} \(blog.example\)"
    ):
        read(tmp_path, "umami", made.umami_postgres(), "dump.sql.gz")


def test_dump_in_one_line_is_read_row_by_row(tmp_path: Path) -> None:
    rows = ",".join(f"({number},'it''s \\'{number}\\' (ñ), new',NULL)" for number in range(40_000))
    text = f"INSERT INTO `session` (`id`, `name`, `none`) VALUES {rows};\nINSERT INTO session VALUES (1,'torn"
    path = made.written(tmp_path, "dump.sql", text.encode())
    [part] = Export(path, path.name).parts()

    tracemalloc.start()
    count = 0
    for row in dump_rows(part, ("session",)):
        assert not row.cells or row.cells == {
            "id": str(count),
            "name": f"it's '{count}' (ñ), new",
            "none": "",
        }
        count += bool(row.cells)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (count, row.number, row.text) == (40_000, 2, "(1,'torn")
    assert most < 1_500_000 < path.stat().st_size


def test_xml_in_one_line_is_read_row_by_row(tmp_path: Path) -> None:
    days = "".join(
        f'<result date="2024-02-28"><nb_visits>{number}</nb_visits></result>' for number in range(30_000)
    )
    path = made.written(tmp_path, "API.get.xml", f'<?xml version="1.0"?><results>{days}</results>'.encode())
    [part] = Export(path, path.name).parts()
    pieces = part.pieces()

    rows = list(xml_rows(part.name, next(pieces), pieces))

    assert [row["nb_visits"] for _, row in rows] == [str(number) for number in range(30_000)]
