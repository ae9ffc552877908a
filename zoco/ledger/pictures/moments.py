"""How pages about people, letters and accounts say when: in the zone of the first site, which they name.

Such pages are of no one site, and nobody wants to add an hour or two in the head. Reports are of a site and
keep its own zone; what one person may be sent is told by that person's clock.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats


def zone() -> ZoneInfo:
    """Return the zone of moments that belong to no site: that of the first, whoever asks; UTC before it."""
    with sitebook.everything():
        return ZoneInfo(next((each.zone for each in sitebook.sites()), "UTC"))


def said(at: datetime | None, *, seconds: bool = False) -> str:
    """Write a moment; "" for none."""
    return formats.moment(at.astimezone(zone()), seconds=seconds) if at else ""


def day_of(at: datetime) -> date:
    """Return the day on which a moment falls."""
    return at.astimezone(zone()).date()


def day_said(at: datetime | None) -> str:
    """Write the day on which a moment falls; "" for none."""
    return formats.day(day_of(at)) if at else ""
