"""Regions and cities: a name is that of one country, and what is not known is left out."""

from pathlib import Path

from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.tests.test_reports import answered, table

MADRID = {"country": "ES", "region": "MD", "city": "Madrid"}
CORDOBA = {"country": "ES", "region": "AN", "city": "Córdoba"}
OTHER_CORDOBA = {"country": "AR", "region": "X", "city": "Córdoba"}
FACTS = [
    fact("2026-03-28 10:00:00", 1, "/", **MADRID),
    fact("2026-03-28 10:01:00", 1, "/a", **MADRID),
    fact("2026-03-28 11:00:00", 2, "/", **MADRID),
    fact("2026-03-28 11:00:00", 3, "/", **CORDOBA),
    fact("2026-03-28 12:00:00", 4, "/", **OTHER_CORDOBA),
    fact("2026-03-28 13:00:00", 5, "/", country="ES", region="MD"),
    fact("2026-03-28 14:00:00", 6, "/", country="ES"),
    fact("2026-03-28 15:00:00", 7, "/", verdict="bot", **MADRID),
]


def test_regions_and_cities(tmp_path: Path) -> None:
    with ledger(tmp_path, FACTS) as store:
        regions = table(answered(store, "regions"))
        cities = table(answered(store, "cities"))
        in_spain = table(answered(store, "cities", **{"f.country": "ES"}))

    assert regions == [("MD", "ES", 3, 4), ("AN", "ES", 1, 1), ("X", "AR", 1, 1)]
    assert cities == [("Madrid", "ES", 2, 3), ("Córdoba", "AR", 1, 1), ("Córdoba", "ES", 1, 1)]
    assert in_spain == [("Madrid", "ES", 2, 3), ("Córdoba", "ES", 1, 1)]
