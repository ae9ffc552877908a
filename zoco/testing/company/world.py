"""The world that all parts of the company share, and what a part is."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.kit.plugs import Registry
from zoco.ledger.schema import encoder
from zoco.testing.company.people import COUNTRIES, DEVICES, REGIONS, People
from zoco.testing.company.plan import Calendar, Plan
from zoco.testing.company.truth import DayTruth, Truth, campaigns_begun
from zoco.testing.company.visits import Visits
from zoco.testing.company.ways import LANGUAGES

Fragments = NDArray[np.object_]


def fragment(**columns: Any) -> bytes:
    """Return columns as a piece of a line of JSON, without braces: b'"name":"a","status":200'."""
    return encoder.encode(columns)[1:-1]


def fragments(pieces: list[bytes]) -> Fragments:
    """Return pieces as a column that can be indexed and added."""
    column = np.empty(len(pieces), dtype=object)
    column[:] = pieces
    return column


@dataclass(slots=True)
class Batch:
    """Facts of a part as columns. `rest` is everything but id, visitor and moments, as a fragment.

    `visit` is the number of the day's visit that a fact belongs to, -1 for none. `known` is the id of
    whoever consented, 0 for none; without it nobody of the batch is known.
    """

    at: NDArray[np.int64]
    visitor: NDArray[np.int64]
    rest: Fragments
    visit: NDArray[np.int64]
    known: NDArray[np.int64] | None = None


@dataclass(slots=True)
class Order:
    """An order as a refund remembers it."""

    number: str
    total: Decimal
    charged: Decimal
    currency: str
    quantity: int
    touch: bytes


@dataclass(slots=True)
class World:
    """The plan, its days and people, and the truth as it grows. `due` holds refunds by day."""

    plan: Plan
    calendar: Calendar
    people: People
    truth: Truth
    due: dict[int, list[Order]] = field(default_factory=lambda: defaultdict(list))
    who: Fragments = field(init=False)

    def __post_init__(self) -> None:
        self.who = fragments(
            [
                fragment(
                    device=row[0], browser=row[1], browser_version=row[2], os=row[3], os_version=row[4],
                    screen=row[5],
                )
                for row in DEVICES
            ]
        )  # fmt: skip

    @classmethod
    def of(cls, plan: Plan) -> "World":
        """Make the people and lay out the days."""
        calendar = Calendar.of(plan)
        people = People.of(plan, calendar)
        truth = Truth(
            seed=plan.seed,
            site=plan.site,
            first=str(plan.first),
            last=str(plan.last),
            visitors=plan.visitors,
            consent_rate=round(float(people.would_consent.mean()), 4) if plan.visitors else 0.0,
            days=[DayTruth(str(date)) for date in calendar.dates],
            languages={
                language: int((people.language == number).sum()) for number, language in enumerate(LANGUAGES)
            },
            campaigns=campaigns_begun(),
        )
        return cls(plan, calendar, people, truth)

    def browsers(self, visits: Visits) -> Fragments:
        """Return for each visit what is the same on all its facts: host, device, place, language."""
        language = self.people.language[visits.who]
        place = _PLACES[self.people.place[visits.who]] + _REGIONS[self.people.region[visits.who]]
        host = fragment(host=self.plan.host).join((b"", b","))
        joined: Fragments = host + place + _LANGUAGES[language] + self.who[self.people.device[visits.who]]
        return joined


class Part:
    """One part of the company's life. Subclass, give a key, register with `@COMPANY_PARTS.plug`.

    Called once for each day, in order, with that day's visits. Draw only from `rng`, which belongs to
    this part and day, so that parts do not disturb each other. Facts may lie on later days; none
    may lie after the plan's last moment. Not guaranteed: that parts run in one process.
    """

    key: str

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the facts of the day and count their truth."""
        raise NotImplementedError


COMPANY_PARTS: Registry[Part] = Registry("part of the company")

_PLACES = fragments([b""] * (10 * len(COUNTRIES)))
for _language, _rows in enumerate(COUNTRIES):
    for _number, (_country, _) in enumerate(_rows):
        _PLACES[10 * _language + _number] = fragment(country=_country) + b","
_REGIONS = fragments([b"", *(fragment(region=region) + b"," for region, _ in REGIONS)])
_LANGUAGES = fragments([fragment(language=language) + b"," for language in LANGUAGES])
