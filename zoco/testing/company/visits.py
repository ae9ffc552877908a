"""What happens on one day: visits with their pages, and whether each would have happened otherwise."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.assortment import BEGUN_AT, LOOKED_AT, POPULARITY, page_numbers
from zoco.testing.company.choices import GIVEN
from zoco.testing.company.numbers import pick, visitor_numbers
from zoco.testing.company.people import DEVICES, People, way_weights
from zoco.testing.company.plan import Calendar, Plan, seconds_of_day, until_micros
from zoco.testing.company.ways import CAMPAIGNS, FIRST_CAMPAIGN, LANGUAGES, WAYS

SECOND = 1_000_000
HOUR = 3_600 * SECOND
VIEWS_MOST = 40
GAP_MOST = 1_500.0
LENGTH_MOST = 3.0 * 3_600
AGAIN = 0.04
# Chance of an order without any campaign, by language and device: on a first visit, and on a later one of
# somebody who likes the shop as people do on average.
BUYS_FIRST, BUYS_LATER = 0.010, 0.038
BUYS_LANGUAGE = np.array([1.15, 1.0, 0.8, 0.9])
BUYS_DEVICE = np.array([0.8 if row[0] == "phone" else 1.25 for row in DEVICES])
# Pages at the end of a visit that gets to basket, checkout, order; the last one first.
_AT = page_numbers()
_ENDS = (
    (),
    ("basket", "product"),
    ("checkout", "basket", "product"),
    ("thanks", "checkout", "basket", "product"),
)


@dataclass(slots=True)
class Visits:
    """The visits that begin on a day, as columns, and their page views, visit by visit in order.

    `campaign` and `brought_by` are -1 for none. `views_from[i]:views_from[i + 1]` are visit i's views.
    `choice`, the two turns and `chosen_at` are what was done with the banner (see `Choices`).
    Truth: `bought` with everything as it was; `would_buy` without this visit's campaign, if it came.
    """

    day: int
    who: NDArray[np.int64]
    way: NDArray[np.int64]
    campaign: NDArray[np.int64]
    brought_by: NDArray[np.int64]
    choice: NDArray[np.int8]
    turn_before: NDArray[np.int8]
    turn_after: NDArray[np.int8]
    chosen_at: NDArray[np.int64]
    anyway: NDArray[np.bool_]
    bought: NDArray[np.bool_]
    would_buy: NDArray[np.bool_]
    stage: NDArray[np.int64]
    product: NDArray[np.int64]
    views_from: NDArray[np.int64]
    view_visit: NDArray[np.int64]
    view_at: NDArray[np.int64]
    view_page: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.who)


def visits_of(plan: Plan, calendar: Calendar, people: People, day: int) -> Visits:
    """Draw a day. Visits that would end after the plan's last moment are left out whole."""
    rng = np.random.default_rng([plan.seed, 2, day])
    who, is_first, start, place = _comers(rng, calendar, people, day)
    way = _ways(rng, calendar, people, day, who, is_first)
    drawn = rng.random(len(who))
    chance = np.array([1.0] * FIRST_CAMPAIGN + [campaign.anyway for campaign in CAMPAIGNS])
    anyway = np.where(is_first, people.first_anyway[who], drawn < chance[way])
    lift = np.array([0.0] * FIRST_CAMPAIGN + [campaign.lift for campaign in CAMPAIGNS])
    base = np.where(is_first, BUYS_FIRST, BUYS_LATER * people.liking[who])
    base *= BUYS_LANGUAGE[people.language[who]] * BUYS_DEVICE[people.device[who]]
    intent = rng.random(len(who))
    bought = intent < base + lift[way]
    stage = np.where(bought, 3, pick(np.array([0.88, 0.085, 0.035]), rng.random(len(who))))
    views, view_visit, view_page, product = _pages(rng, way, stage)
    view_at = _times(rng, start, views, view_visit)
    views_from = np.concatenate([[0], np.cumsum(views)])
    visits = Visits(
        day=day,
        who=who.astype(np.int64),
        way=way,
        campaign=np.where(way >= FIRST_CAMPAIGN, way - FIRST_CAMPAIGN, -1),
        brought_by=np.where(is_first, -1, people.brought_by[who]).astype(np.int64),
        **_chosen(plan, people, day, place, view_at[views_from[:-1]]),
        anyway=anyway,
        bought=bought,
        would_buy=intent < base,
        stage=stage,
        product=product,
        views_from=views_from,
        view_visit=view_visit,
        view_at=view_at,
        view_page=view_page,
    )
    over = view_at[views_from[1:] - 1] + 2 * SECOND > until_micros(plan)
    return _without(visits, over) if over.any() else visits


def pseudonyms(
    plan: Plan, calendar: Calendar, who: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what these visitors are called at these moments, and yesterday's name where it is carried.

    A pseudonym lasts a day, with consent and without; in the first 30 minutes of a day its facts
    carry yesterday's too.
    """
    days = calendar.day_of(at)
    names = visitor_numbers(plan.seed, 21, who, days + 1)
    is_early = at - calendar.midnights[np.minimum(days, len(calendar.dates))] < HOUR // 2
    return names, np.where(is_early, visitor_numbers(plan.seed, 21, who, days), 0)


def known_ids(
    plan: Plan, visits: Visits, visit: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the ids under which the browsers of these visits are known at these moments; 0 for none.

    The choice itself bears the id that it makes or ends, as the tracker sends it.
    """
    chosen, made = visits.chosen_at[visit], visits.choice[visit]
    is_after = (at > chosen) | ((at == chosen) & (made == GIVEN))
    turn = np.where(is_after, visits.turn_after[visit], visits.turn_before[visit]).astype(np.int64)
    return np.where(turn > 0, visitor_numbers(plan.seed, 22, visits.who[visit], turn), 0)


def _chosen(
    plan: Plan, people: People, day: int, place: NDArray[np.int64], entered: NDArray[np.int64]
) -> dict[str, Any]:
    """Return what each visit does with the banner: on its first page, before the next one.

    Whoever comes again on a day has chosen, or not, on the first visit of the day.
    """
    rows = place + people.starts[day]
    is_again = np.zeros(len(place), dtype=np.bool_)
    is_again[people.starts[day + 1] - people.starts[day] :] = True
    after = people.choices.turn_after[rows]
    wait = np.random.default_rng([plan.seed, 9, day, 1]).uniform(0.6, 1.9, len(place))
    return {
        "choice": np.where(is_again, np.int8(0), people.choices.made[rows]),
        "turn_before": np.where(is_again, after, people.choices.turn_before[rows]),
        "turn_after": after,
        "chosen_at": entered + (wait * SECOND).astype(np.int64),
    }


def _comers(
    rng: np.random.Generator, calendar: Calendar, people: People, day: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Return who begins a visit, whether it is the first, when, and its place among the day's visits.

    Some come again four to six hours later.
    """
    span = slice(people.starts[day], people.starts[day + 1])
    who, is_first = people.visits[span], people.visit_is_first[span]
    length = (calendar.midnights[day + 1] - calendar.midnights[day]) / 86_400
    seconds = seconds_of_day(rng, len(who))
    again = (rng.random(len(who)) < AGAIN) & (seconds < 15 * 3_600)
    later = seconds[again] + 4 * 3_600 + rng.random(int(again.sum())) * 7_200
    seconds = np.concatenate([seconds, later])
    start = calendar.midnights[day] + (seconds * length).astype(np.int64)
    return (
        np.concatenate([who, who[again]]),
        np.concatenate([is_first, np.zeros(int(again.sum()), bool)]),
        start,
        np.concatenate([np.arange(len(who)), np.nonzero(again)[0]]),
    )


def _ways(
    rng: np.random.Generator,
    calendar: Calendar,
    people: People,
    day: int,
    who: NDArray[np.int32],
    is_first: NDArray[np.bool_],
) -> NDArray[np.int64]:
    way = people.first_way[who].astype(np.int64)
    drawn = rng.random(len(who))
    for language in range(len(LANGUAGES)):
        those = ~is_first & (people.language[who] == language)
        way[those] = pick(way_weights(calendar, day, language, returning=True), drawn[those])
    return way


def _pages(
    rng: np.random.Generator, way: NDArray[np.int64], stage: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw how many pages each visit has and which; visits with a basket end as baskets do."""
    count = len(way)
    bounce = np.array([row.bounce for row in (*WAYS, *CAMPAIGNS)])
    tail = np.array([len(end) for end in _ENDS])[stage]
    browsed = np.where(rng.random(count) < bounce[way], 1, 1 + rng.geometric(0.24, count))
    views = np.minimum(browsed, VIEWS_MOST) + tail
    visit = np.repeat(np.arange(count), views)
    place = np.arange(len(visit)) - np.repeat(np.cumsum(views) - views, views)
    product = pick(np.array(POPULARITY), rng.random(count))
    page = _browsed(rng, len(visit), LOOKED_AT, 46.0)
    entry = place == 0
    page[entry] = _browsed(rng, int(entry.sum()), BEGUN_AT, 30.0)
    from_end = views[visit] - 1 - place
    for number, end in enumerate(_ENDS):
        for back, name in enumerate(end):
            those = (stage[visit] == number) & (from_end == back)
            chosen = product[visit[those]] if name == "product" else 0
            page[those] = _AT[name] + chosen
    return views, visit, page, product


def _browsed(
    rng: np.random.Generator, count: int, weights: NDArray[np.float64], products: float
) -> NDArray[np.int64]:
    popularity = np.array(POPULARITY)
    chosen: NDArray[np.int64] = pick(
        np.concatenate([weights, products * popularity / popularity.sum()]), rng.random(count)
    )
    return chosen


def _times(
    rng: np.random.Generator, start: NDArray[np.int64], views: NDArray[np.int64], visit: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Draw when each page is seen: gaps between 2 seconds and 25 minutes, a visit under 3 hours."""
    gaps = np.clip(rng.lognormal(3.4, 1.1, len(visit)), 2.0, GAP_MOST)
    firsts = np.cumsum(views) - views
    gaps[firsts] = 0.0
    run = np.cumsum(gaps)
    since = run - run[firsts][visit]
    length = since[firsts + views - 1]
    since *= np.minimum(1.0, LENGTH_MOST / np.maximum(length, 1.0))[visit]
    at: NDArray[np.int64] = start[visit] + np.rint(since * SECOND).astype(np.int64)
    return at


def _without(visits: Visits, over: NDArray[np.bool_]) -> Visits:
    kept, views = ~over, ~over[visits.view_visit]
    counts = np.diff(visits.views_from)[kept]
    of_views = {"day", "views_from", "view_visit", "view_at", "view_page"}
    columns = [field.name for field in fields(visits) if field.name not in of_views]
    return Visits(
        day=visits.day,
        **{name: getattr(visits, name)[kept] for name in columns},
        views_from=np.concatenate([[0], np.cumsum(counts)]),
        view_visit=np.repeat(np.arange(len(counts)), counts),
        view_at=visits.view_at[views],
        view_page=visits.view_page[views],
    )
