"""What a row of a file says, and what was said of all of its rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zoco.campaigns.costs.importing.formats.base import Days
from zoco.people.importing.files.numbers import Sign


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for all rows, and for those that do not say it themselves.

    `fallback` is the campaign, by its key, of rows whose own is not known; 0 refuses them.
    """

    source: str = ""
    medium: str = ""
    account: str = ""
    currency: str = ""
    decimal: Sign = ""
    days: Days = "dmy"
    with_vat: bool = False
    vat_percent: str = "0"
    fallback: int = 0

    @property
    def vat(self) -> Decimal:
        """The rate of VAT in percent."""
        return Decimal(self.vat_percent)


Key = tuple[str, int, str, str, str, str, str]
"""Day as ISO 8601 writes it, campaign, source, medium, creative, account, currency."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was read: of what it is the spend, and how much; None is not said."""

    key: Key
    amount: Decimal
    impressions: int | None
    clicks: int | None

    @property
    def on(self) -> date:
        """The day."""
        return date.fromisoformat(self.key[0])
