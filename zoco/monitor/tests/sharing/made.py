"""Eight visitors of a small site in three days of March 2026, counted by hand.

1 to 6 are in Spain (1 to 3 in Madrid, 4 in Murcia, 5 and 6 in Navarra), 7 and 8 in France (7 in Alsace).
1 to 4 have a phone, 5 to 7 a desktop, 8 a tablet. On the 28th all eight see "/"; 1, 2, 3, 7 see "/a",
4, 5, 6 see "/b", 1 sees "/c" twice, 5 and 6 see "/d". On the 29th 1 comes, on the 30th 1 to 4. On the
25th, in the period before, 1 to 3 see "/", 4 sees "/a".
"""

from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import fact

DEVICES = {**dict.fromkeys((1, 2, 3, 4), "phone"), **dict.fromkeys((5, 6, 7), "desktop"), 8: "tablet"}
REGIONS = {**dict.fromkeys((1, 2, 3), "Madrid"), 4: "Murcia", **dict.fromkeys((5, 6), "Navarra"), 7: "Alsace"}


def seen(day: int, minute: int, visitor: int, path: str) -> Fact:
    """Make a page view."""
    country = "ES" if visitor <= 6 else "FR"
    at = f"2026-03-{day} 10:{minute:02}:{visitor:02}"
    region = REGIONS.get(visitor, "")
    return fact(at, visitor, path, country=country, device=DEVICES[visitor], region=region)


FACTS = [
    *(seen(28, 0, visitor, "/") for visitor in range(1, 9)),
    *(seen(28, 1, visitor, "/a") for visitor in (1, 2, 3, 7)),
    *(seen(28, 2, visitor, "/b") for visitor in (4, 5, 6)),
    *(seen(28, minute, 1, "/c") for minute in (3, 4)),
    *(seen(28, 5, visitor, "/d") for visitor in (5, 6)),
    seen(29, 0, 1, "/"),
    *(seen(30, 0, visitor, "/") for visitor in (1, 2, 3, 4)),
    *(seen(25, 0, visitor, "/") for visitor in (1, 2, 3)),
    seen(25, 0, 4, "/a"),
]
