"""Places by an operator's own file: live, from logs, when it changes, when it is broken."""

import logging
import os
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from zoco.collector.event import Event
from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.quick import Quick
from zoco.collector.steps import place
from zoco.collector.steps.places import NOWHERE, Place, Places, PlacesUnreadable, open_places, read
from zoco.collector.tests.conftest import line
from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite

MADRID = {
    "country": {"iso_code": "ES", "names": {"en": "Spain", "es": "España"}},
    "subdivisions": [{"iso_code": "MD", "names": {"en": "Madrid"}}],
    "city": {"names": {"en": "Madrid", "ru": "Мадрид"}},
}
LYON = {
    "country": {"iso_code": "FR"},
    "subdivisions": [{"names": {"en": "Rhône"}}],
    "city": {"names": {"en": "Lyon"}},
}


def write(path: Path, rows: dict[str, Any]) -> Path:
    """Write a file of places in one go, as those do who keep it fresh."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-City")
    for network, row in rows.items():
        writer.insert_network(IPSet([network]), row)
    partial = path.with_suffix(".new")
    writer.to_db_file(str(partial))
    partial.replace(path)
    return path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write(tmp_path / "city.mmdb", {"8.8.8.0/24": MADRID, "2001:db8::/32": LYON})
    monkeypatch.setenv("ZOCO_PLACES", str(path))
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(place, "PLACES_FILE", Places())
    monkeypatch.setattr("zoco.collector.steps.places.LOOK_SECONDS", 0.0)
    return path


def test_country_region_and_city_come_from_the_file(file: Path) -> None:
    assert place.place_of("8.8.8.8") == Place("ES", "MD", "Madrid")
    assert place.place_of("::ffff:8.8.8.8") == Place("ES", "MD", "Madrid")
    assert place.place_of("2001:db8::1") == Place("FR", "Rhône", "Lyon")
    assert place.place_of("1.1.1.1") == Place("AU")
    assert place.place_of("10.0.0.1") == NOWHERE
    assert place.place_of("nonsense") == NOWHERE


def test_without_a_file_the_country_is_what_is_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZOCO_PLACES", raising=False)
    monkeypatch.setattr(place, "PLACES_FILE", Places())

    assert place.place_of("8.8.8.8") == Place("US")


def test_step_and_log_say_the_same(file: Path, site: PublishedSite) -> None:
    fact = Fact(id="0" * 32, site=1, name="a.b.c", origin="tracker", occurred_at=0, received_at=0)
    event = place.step(Event(site=site, fact=fact, address="8.8.8.8"))
    quick = Quick(site, FORMATS.get("combined"), "log", 5)

    quick.read([line(address="8.8.8.8"), line(address="1.1.1.1")], 1)
    table = quick.take()

    assert (event.fact.country, event.fact.region, event.fact.city) == ("ES", "MD", "Madrid")
    assert table["country"].to_pylist() == ["ES", "AU"]
    assert table["region"].to_pylist() == ["MD", ""]
    assert table["city"].to_pylist() == ["Madrid", ""]


def test_file_is_read_anew_when_it_changes(file: Path) -> None:
    assert place.place_of("8.8.8.8").city == "Madrid"

    write(file, {"8.8.8.0/24": LYON})

    assert place.place_of("8.8.8.8") == Place("FR", "Rhône", "Lyon")


def test_broken_file_is_told_once_and_the_country_stays(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.write_bytes(b"no places at all")

    with caplog.at_level(logging.WARNING):
        assert [place.place_of("8.8.8.8") for _ in range(3)] == [Place("US")] * 3

    assert len(caplog.records) == 1
    assert "cannot be read as a file of places" in caplog.text
    with pytest.raises(PlacesUnreadable, match="cannot be read as a file of places"):
        open_places(file)


def test_file_that_is_overwritten_in_place_ends_no_process(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.place_of("8.8.8.8").city == "Madrid"
    monkeypatch.setattr("zoco.collector.steps.places.LOOK_SECONDS", 3600.0)

    os.truncate(file, 0)

    assert place.place_of("8.8.8.9").city == "Madrid"


def test_cut_file_costs_no_fact(file: Path) -> None:
    whole = file.read_bytes()
    for length in range(0, len(whole), 97):
        partial = file.with_suffix(".cut")
        partial.write_bytes(whole[:length])
        os.replace(partial, file)  # noqa: PTH105

        assert place.place_of("8.8.8.8").country in {"US", "ES"}


@pytest.mark.parametrize(
    "row",
    [
        None,
        1,
        [],
        {},
        {"country": "ES"},
        {"country": {"iso_code": 7}, "subdivisions": "x", "city": {"names": []}},
    ],
)
def test_odd_rows_are_nowhere(row: Any) -> None:
    assert read(row) == NOWHERE
