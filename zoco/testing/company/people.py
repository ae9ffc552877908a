"""Who comes, when, and because of what: drawn once for the whole period, a few bytes a visit.

A visitor whom a campaign brought, and who would not have come without it, owes all later visits to
that campaign too (`brought_by`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.choices import Choices
from zoco.testing.company.numbers import pick
from zoco.testing.company.plan import Calendar, Plan
from zoco.testing.company.ways import CAMPAIGNS, FIRST_CAMPAIGN, LANGUAGE_SHARES, LANGUAGES, WAYS

COUNTRIES = (
    (("ES", 70), ("MX", 10), ("AR", 7), ("CO", 5), ("CL", 4), ("PE", 2), ("US", 2)),
    (("GB", 34), ("US", 26), ("DE", 9), ("FR", 8), ("NL", 6), ("IE", 6), ("SE", 4), ("ES", 7)),
    (("RU", 62), ("KZ", 12), ("BY", 8), ("ES", 8), ("DE", 6), ("RS", 4)),
    (("CN", 52), ("TW", 16), ("SG", 11), ("HK", 9), ("MY", 6), ("ES", 6)),
)
# Of Spain, where the shop is at home: ISO 3166-2, thousands of people (INE, 1 January 2024, rounded).
REGIONS = (
    ("AN", 8630), ("CT", 8010), ("MD", 7010), ("VC", 5320), ("GA", 2710), ("CL", 2390), ("CN", 2240),
    ("PV", 2230), ("CM", 2100), ("MC", 1570), ("AR", 1350), ("IB", 1230), ("EX", 1050), ("AS", 1010),
    ("NC", 680), ("CB", 590), ("RI", 320),
)  # fmt: skip
HOME = [
    10 * spoken + at
    for spoken, row in enumerate(COUNTRIES)
    for at, (country, _weight) in enumerate(row)
    if country == "ES"
]
"""Places in that country."""
# device, browser, its version, system, its version, class of screen, weight
DEVICES = (
    ("phone", "Chrome Mobile", "141", "Android", "15", "s", 30),
    ("phone", "Mobile Safari", "26", "iOS", "26.1", "s", 25),
    ("phone", "Samsung Internet", "28", "Android", "14", "s", 6),
    ("phone", "Firefox Mobile", "144", "Android", "15", "s", 1.5),
    ("desktop", "Chrome", "141", "Windows", "11", "l", 16),
    ("desktop", "Edge", "141", "Windows", "11", "l", 5),
    ("desktop", "Firefox", "144", "Windows", "10", "l", 2.5),
    ("desktop", "Safari", "26", "macOS", "26", "l", 6),
    ("desktop", "Chrome", "141", "macOS", "15", "xl", 3),
    ("desktop", "Firefox", "144", "Linux", "", "l", 1),
    ("tablet", "Mobile Safari", "26", "iOS", "26.1", "m", 3),
    ("tablet", "Chrome", "140", "Android", "14", "m", 1),
)
CONSENT = (0.52, 0.58, 0.66, 0.71)
RETURNS_MOST = 60
LIKING = 0.5
"""Shape of the gamma of how much oftener than others somebody buys on later visits; its mean is 1."""


@dataclass(frozen=True, slots=True)
class People:
    """The visitors as columns, and their visits by day: those of day d are visits[starts[d]:starts[d + 1]].

    `visit_is_first` marks a visitor's first visit, `choices` say what each did with the banner;
    `would_consent` is what somebody says who answers it, `liking` how many times as often as others he buys
    on later visits; `region` is 0 outside the shop's country. No visitor has two of these on one day or on
    days that touch, so that two visits never run into one session.
    """

    language: NDArray[np.int8]
    place: NDArray[np.int8]
    region: NDArray[np.int8]
    device: NDArray[np.int8]
    would_consent: NDArray[np.bool_]
    first_way: NDArray[np.int8]
    first_anyway: NDArray[np.bool_]
    brought_by: NDArray[np.int8]
    visits: NDArray[np.int32]
    visit_is_first: NDArray[np.bool_]
    starts: NDArray[np.int64]
    choices: Choices
    liking: NDArray[np.float64]

    @classmethod
    def of(cls, plan: Plan, calendar: Calendar) -> "People":
        """Draw them."""
        rng = np.random.default_rng([plan.seed, 1])
        count = plan.visitors
        language = pick(np.array(LANGUAGE_SHARES), rng.random(count)).astype(np.int8)
        first_days = pick(calendar.weights, rng.random(count))
        ways = _first_ways(calendar, language, first_days, rng.random(count))
        anyway = _would_come_anyway(ways, rng.random(count))
        is_brought = (ways >= FIRST_CAMPAIGN) & ~anyway
        visits, is_first, starts = _visits(rng, first_days, plan.days)
        places = _places(language, rng.random(count))
        devices = pick(np.array([row[6] for row in DEVICES]), rng.random(count)).astype(np.int8)
        would_consent = rng.random(count) < np.array(CONSENT)[language]
        return cls(
            language=language,
            place=places,
            region=_regions(plan.seed, places),
            device=devices,
            would_consent=would_consent,
            first_way=ways,
            first_anyway=anyway,
            brought_by=np.where(is_brought, ways - FIRST_CAMPAIGN, -1).astype(np.int8),
            visits=visits,
            visit_is_first=is_first,
            starts=starts,
            choices=Choices.of(plan.seed, would_consent, visits, starts),
            liking=np.random.default_rng([plan.seed, 23]).gamma(LIKING, 1 / LIKING, count),
        )


def way_weights(calendar: Calendar, day: int, language: int, *, returning: bool) -> NDArray[np.float64]:
    """Return how likely each way is on a day among the visits of a language."""
    spoken, date = LANGUAGES[language], calendar.dates[day]
    weights = [
        (way.returning if returning else way.first) if spoken in way.languages else 0.0 for way in WAYS
    ]
    for campaign in CAMPAIGNS:
        runs = campaign.is_on(date) and spoken in campaign.languages
        weights.append((campaign.returning if returning else campaign.first) if runs else 0.0)
    return np.array(weights)


def _would_come_anyway(ways: NDArray[np.int8], drawn: NDArray[np.float64]) -> NDArray[np.bool_]:
    chance = np.array([1.0] * FIRST_CAMPAIGN + [campaign.anyway for campaign in CAMPAIGNS])
    return drawn < chance[ways]


def _first_ways(
    calendar: Calendar, language: NDArray[np.int8], days: NDArray[np.int64], drawn: NDArray[np.float64]
) -> NDArray[np.int8]:
    ways = np.zeros(len(language), dtype=np.int8)
    order = np.argsort(days, kind="stable")
    bounds = np.searchsorted(days[order], np.arange(len(calendar.dates) + 1))
    for day in range(len(calendar.dates)):
        today = order[bounds[day] : bounds[day + 1]]
        for spoken in range(len(LANGUAGES)):
            those = today[language[today] == spoken]
            ways[those] = pick(way_weights(calendar, day, spoken, returning=False), drawn[those])
    return ways


def _places(language: NDArray[np.int8], drawn: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return the place of each visitor: 10 times its language and the number of its country there."""
    places = np.zeros(len(language), dtype=np.int8)
    for spoken, countries in enumerate(COUNTRIES):
        those = language == spoken
        places[those] = 10 * spoken + pick(np.array([row[1] for row in countries], float), drawn[those])
    return places


def _regions(seed: int, places: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the region of each visitor at home, from 1 in the order of REGIONS; 0 elsewhere."""
    drawn = np.random.default_rng([seed, 24]).random(len(places))
    weights = np.array([row[1] for row in REGIONS], float)
    return np.where(np.isin(places, HOME), 1 + pick(weights, drawn), 0).astype(np.int8)


def _visits(
    rng: np.random.Generator, first_days: NDArray[np.int64], days: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int64]]:
    """Draw how often everybody returns and when; visits ordered by day, then by visitor."""
    count = len(first_days)
    returns = np.minimum(rng.poisson(rng.gamma(0.45, 5.6, count)), RETURNS_MOST)
    gaps = 2 + np.floor(rng.exponential(np.repeat(rng.gamma(2.0, 9.0, count), returns))).astype(np.int64)
    who = np.repeat(np.arange(count, dtype=np.int32), returns)
    run = np.cumsum(gaps)
    ends = np.cumsum(returns)
    before = np.where(returns > 0, np.concatenate([[0], run])[ends - returns], 0)
    return_days = first_days[who] + run - before[who]
    kept = return_days < days
    all_days = np.concatenate([first_days, return_days[kept]])
    everybody = np.concatenate([np.arange(count, dtype=np.int32), who[kept]])
    is_first = np.concatenate([np.ones(count, bool), np.zeros(int(kept.sum()), bool)])
    order = np.lexsort((everybody, all_days))
    starts = np.searchsorted(all_days[order], np.arange(days + 1))
    return everybody[order], is_first[order], starts
