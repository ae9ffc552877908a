"""What is true of the simulated company: counted from the causes, never from the facts."""

from decimal import Decimal
from pathlib import Path

import msgspec

from zoco.testing.company.ways import CAMPAIGNS


class Ledger(msgspec.Struct):
    """Orders and what they brought, in the site's currency, before refunds."""

    orders: int = 0
    revenue: Decimal = Decimal(0)

    def add(self, orders: int, revenue: Decimal) -> None:
        """Count more."""
        self.orders += orders
        self.revenue += revenue


class CampaignTruth(msgspec.Struct):
    """A campaign: what it brought in sight (`visits`, `attributed`), and what was true.

    `with_it` are all orders of the visits that it touched, `without_it` those that these people
    would have placed had it never run; the difference is its incremental effect. `days` are its visits
    by local day.
    """

    code: str
    visits: int = 0
    days: dict[str, int] = msgspec.field(default_factory=dict)
    cost: Decimal = Decimal(0)
    attributed: Ledger = msgspec.field(default_factory=Ledger)
    with_it: Ledger = msgspec.field(default_factory=Ledger)
    without_it: Ledger = msgspec.field(default_factory=Ledger)

    @property
    def incremental_orders(self) -> int:
        return self.with_it.orders - self.without_it.orders

    @property
    def incremental_revenue(self) -> Decimal:
        return self.with_it.revenue - self.without_it.revenue


class ConsentTruth(msgspec.Struct):
    """What was done with the banner: answers, and under how many ids on how many visitor-days.

    `declined` also holds who took a consent back (`withdrawn`). A consent makes an id, which no other
    one has. `known_days` are visitor-days with a page view under an id.
    """

    given: int = 0
    declined: int = 0
    withdrawn: int = 0
    known: int = 0
    known_days: int = 0


class DayTruth(msgspec.Struct):
    """A local day of the site. Visits by the day they begin, everything else by its own day."""

    date: str
    visits: int = 0
    page_views: int = 0
    orders: int = 0
    revenue: Decimal = Decimal(0)
    refunds: int = 0
    refunded: Decimal = Decimal(0)
    given: int = 0
    declined: int = 0


class TrialTruth(msgspec.Struct):
    """A trial: `chances` by arm of whoever sees it to reach the goal there and then.

    `seen` are units that saw an arm, `did` those of them that reached the goal, both up to the end or now.
    An arm changes nothing else: no visit, no order.
    """

    key: str
    unit: str
    goal: str
    began: str
    chances: dict[str, float]
    seen: dict[str, int] = {}
    did: dict[str, int] = {}
    facts: int = 0


class WaveTruth(msgspec.Struct):
    """A wave that was let in from `begins` to before `ends`: of pages not found, or of a bot."""

    kind: str
    value: str
    begins: str
    ends: str
    verdict: str
    facts: int = 0


class Truth(msgspec.Struct):
    """Everything that is true; saved as JSON beside the data."""

    seed: int
    site: int
    first: str
    last: str
    visitors: int
    consent_rate: float = 0.0
    consent: ConsentTruth = msgspec.field(default_factory=ConsentTruth)
    facts: int = 0
    visits: int = 0
    bounces: int = 0
    days: list[DayTruth] = []
    channels: dict[str, Ledger] = {}
    channel_visits: dict[str, int] = {}
    languages: dict[str, int] = {}
    campaigns: list[CampaignTruth] = []
    everything: Ledger = msgspec.field(default_factory=Ledger)
    without_campaigns: Ledger = msgspec.field(default_factory=Ledger)
    refunds: Ledger = msgspec.field(default_factory=Ledger)
    verdicts: dict[str, int] = {}
    spam_waves: list[str] = []
    trials: list[TrialTruth] = []
    waves: list[WaveTruth] = []

    def save(self, path: Path) -> None:
        """Write it; readers see the old file or the new one."""
        partial = path.with_name(f".{path.name}.part")
        partial.write_bytes(msgspec.json.format(_encoder.encode(self)) + b"\n")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Truth":
        """Read what `save` wrote. Raises FileNotFoundError."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


_encoder = msgspec.json.Encoder(decimal_format="string")


def campaigns_begun() -> list[CampaignTruth]:
    """Return a truth for each campaign, nothing counted yet."""
    return [CampaignTruth(campaign.code) for campaign in CAMPAIGNS]
