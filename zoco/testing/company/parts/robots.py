"""Who else comes: search engines, AI crawlers, monitors, a price scraper, spam waves, our own staff.

Those who run no script are seen by the server (`web.page.served`), the others by the tracker too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.assortment import GONE, PAGES, PRODUCTS, page_numbers, pages_of
from zoco.testing.company.numbers import visitor_numbers
from zoco.testing.company.plan import until_micros
from zoco.testing.company.visits import Visits
from zoco.testing.company.ways import LANGUAGES
from zoco.testing.company.world import COMPANY_PARTS, Batch, Fragments, Part, World, fragment, fragments

SECOND = 1_000_000
DEAD = 0.04


@dataclass(frozen=True, slots=True)
class Robot:
    """One who comes by itself. `share` is its facts against the page views of people on the same day."""

    reason: str
    verdict: str
    name: str
    share: float
    addresses: int
    country: str
    user_agent: str
    grows: float = 1.0


_COMPATIBLE = "Mozilla/5.0 (compatible; {}; +https://{})"
ROBOTS = (
    Robot("Googlebot", "bot", "web.page.served", 0.075, 6, "US",
          _COMPATIBLE.format("Googlebot/2.1", "www.google.com/bot.html")),
    Robot("bingbot", "bot", "web.page.served", 0.04, 4, "US",
          _COMPATIBLE.format("bingbot/2.0", "www.bing.com/bingbot.htm")),
    Robot("YandexBot", "bot", "web.page.served", 0.02, 3, "RU",
          _COMPATIBLE.format("YandexBot/3.0", "yandex.com/bots")),
    Robot("Baiduspider", "bot", "web.page.served", 0.012, 3, "CN",
          _COMPATIBLE.format("Baiduspider/2.0", "www.baidu.com/search/spider.html")),
    Robot("AhrefsBot", "bot", "web.page.served", 0.03, 5, "FR",
          _COMPATIBLE.format("AhrefsBot/7.0", "ahrefs.com/robot/")),
    Robot("SemrushBot", "bot", "web.page.served", 0.018, 3, "US",
          _COMPATIBLE.format("SemrushBot/7~bl", "www.semrush.com/bot.html")),
    Robot("UptimeRobot", "bot", "web.page.served", 0.012, 2, "US",
          _COMPATIBLE.format("UptimeRobot/2.0", "www.uptimerobot.com")),
    Robot("GPTBot", "ai", "web.page.served", 0.022, 5, "US",
          _COMPATIBLE.format("GPTBot/1.2", "openai.com/gptbot"), 3.0),
    Robot("ChatGPT-User", "ai", "web.page.served", 0.008, 8, "US",
          _COMPATIBLE.format("ChatGPT-User/1.0", "openai.com/bot"), 5.0),
    Robot("ClaudeBot", "ai", "web.page.served", 0.018, 4, "US",
          _COMPATIBLE.format("ClaudeBot/1.0", "www.anthropic.com"), 3.0),
    Robot("PerplexityBot", "ai", "web.page.served", 0.006, 2, "US",
          _COMPATIBLE.format("PerplexityBot/1.0", "perplexity.ai/perplexitybot"), 4.0),
    Robot("CCBot", "ai", "web.page.served", 0.008, 3, "US", "CCBot/2.0 (https://commoncrawl.org/faq/)"),
    Robot("HeadlessChrome", "headless", "web.page.viewed", 0.02, 9, "DE",
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/141.0.0.0 Safari/537.36"),
    Robot("address of own staff", "staff", "web.page.viewed", 0.012, 3, "ES", ""),
)  # fmt: skip
SPAMMERS = ("free-traffic-now.example", "seo-buttons.example", "rank-checker.example")
# Where in the period a wave of spam begins, how many days it lasts, how heavy it is against people.
WAVES = ((0.18, 4, 0.9), (0.47, 6, 0.6), (0.93, 3, 1.4))


@COMPANY_PARTS.plug
class Robots(Part):
    """Robots of every verdict; on weekends the staff stays at home."""

    key = "web.robots"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield what each robot fetched on this day."""
        people = len(visits.view_visit)
        through = visits.day / max(1, world.plan.days - 1)
        for number, robot in enumerate(ROBOTS):
            if robot.verdict == "staff" and world.calendar.dates[visits.day].weekday() >= 5:
                continue
            grown = 1.0 + (robot.grows - 1.0) * through
            count = int(rng.poisson(people * robot.share * grown))
            at = _moments(world, visits.day, rng, count)
            who = rng.integers(0, robot.addresses, len(at))
            visitor = visitor_numbers(world.plan.seed, 31, number, visits.day, who)
            yield _counted(
                world, robot.verdict, Batch(at, visitor, _fetched(world, robot, rng, len(at)), _none(at))
            )


@COMPANY_PARTS.plug
class SpamWaves(Part):
    """Visits that never happened, sent to make somebody look at who refers."""

    key = "web.spam"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the day's spam, if a wave rolls."""
        for number, (begins, length, weight) in enumerate(WAVES):
            first = int(begins * world.plan.days)
            if not first <= visits.day < first + length:
                continue
            if visits.day == first:
                world.truth.spam_waves.append(str(world.calendar.dates[first]))
            at = _moments(world, visits.day, rng, int(rng.poisson(len(visits.view_visit) * weight)))
            visitor = visitor_numbers(world.plan.seed, 32, visits.day, rng.integers(0, 1 << 40, len(at)))
            sender = SPAMMERS[number % len(SPAMMERS)]
            line = fragment(
                name="web.page.viewed", verdict="spam", reason=sender, host=world.plan.host,
                path="/es/", title=pages_of(0)[0].title, referrer_host=sender, source=sender,
                medium="referral", channel="referral", device="desktop", browser="Chrome",
                browser_version="96", os="Windows", os_version="10", country="RO", language="en", screen="l",
            )  # fmt: skip
            rest = fragments([line] * len(at))
            yield _counted(world, "spam", Batch(at, visitor, rest, _none(at)))


def _moments(world: World, day: int, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Draw moments of the day, in order, none after the plan's last."""
    start, end = world.calendar.midnights[day], world.calendar.midnights[day + 1]
    drawn = np.sort(rng.integers(start, end, count))
    return drawn[drawn <= until_micros(world.plan)]


def _none(at: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.full(len(at), -1, dtype=np.int64)


def _fetched(world: World, robot: Robot, rng: np.random.Generator, count: int) -> Fragments:
    """Return which pages were fetched; robots that read links meet dead ones too."""
    pieces = _fetchable(robot, world.plan.host)
    alive = len(pieces) - len(GONE)
    fetched = rng.integers(0, alive, count)
    if robot.verdict == "headless":
        fetched = len(PAGES) + rng.integers(0, len(PRODUCTS), count)
    misses = (rng.random(count) < DEAD) & (robot.name == "web.page.served")
    return pieces[np.where(misses, alive + rng.integers(0, len(GONE), count), fetched)]


@cache
def _fetchable(robot: Robot, host: str) -> Fragments:
    """Return everything that a robot may fetch: the pages of all languages, then dead links."""
    said = {"verdict": robot.verdict, "reason": robot.reason, "host": host, "country": robot.country}
    if robot.verdict == "staff":
        said |= {"device": "desktop", "browser": "Firefox", "browser_version": "144", "os": "Linux"}
        said |= {"language": "es"}
    else:
        said |= {"device": "bot", "user_agent": robot.user_agent}
    is_served = robot.name == "web.page.served"
    alive = [
        fragment(
            name=robot.name,
            path=page.path,
            **({"status": 200} if is_served else {"title": page.title}),
            **said,
        )
        for language in range(len(LANGUAGES))
        for page in pages_of(language)[: page_numbers()["basket"]]
    ]
    dead = [fragment(name="web.error.served", path=f"/es/{path}", status=404, **said) for path in GONE]
    return fragments(alive + dead)


def _counted(world: World, verdict: str, batch: Batch) -> Batch:
    world.truth.verdicts[verdict] = world.truth.verdicts.get(verdict, 0) + len(batch.at)
    return batch
