"""Who asks: a person or a machine that says so. Nothing is thrown away for being a bot."""

import re
from functools import lru_cache
from typing import NamedTuple

from zoco.collector.steps.shape import oddity_of
from zoco.sites.crawlers.bots import BOTS, Kind


class Judgement(NamedTuple):
    """A verdict of the ledger, and its reason: the bot's name or the rule; both are columns."""

    verdict: str
    reason: str


HUMAN = Judgement("human", "")
NO_USER_AGENT = "no user agent"
DRIVEN = "driven by a program"
_AI = {Kind.AI_TRAINING, Kind.AI_SEARCH, Kind.AI_USER}
# Words that only machines carry: "…bot", "…spider"; not the phones of the make Cubot.
_NAMED = re.compile(
    r"(?:(?<!cu)(?<!cu-)bot|spider|crawler|crawl|scraper|fetcher|archiver|indexer)(?![a-z])", re.I
)
_CONTACT = re.compile(r"\+ ?https?://(?:www\.)?([\w.-]+)", re.I)
_URL = re.compile(r"https?://(?:www\.)?([\w.-]+)", re.I)
_BROWSER = re.compile(r"Mozilla/|Opera/|^[A-Z][\w-]+/\S* (?:.*Profile/MIDP|UP\.)")


@lru_cache(maxsize=4096)
def judge(user_agent: str | None) -> Judgement:
    """Return the verdict on a user agent: listed bots by name, then what calls itself one.

    None, where nobody wrote the user agent down, is nobody's fault: a person.
    """
    if user_agent is None:
        return HUMAN
    lowered = user_agent.lower().strip()
    if lowered in ("", "-"):
        return Judgement("bot", NO_USER_AGENT)
    for token, bot in BOTS:
        if token in lowered:
            return Judgement(_verdict(bot.kind), bot.name)
    return _unlisted(user_agent)


def _verdict(kind: Kind) -> str:
    if kind in _AI:
        return "ai"
    return "headless" if kind is Kind.HEADLESS else "bot"


def _unlisted(user_agent: str) -> Judgement:
    named = _NAMED.search(user_agent)
    if named:
        return Judgement("bot", user_agent[_word_start(user_agent, named) : named.end()].strip("-.")[:40])
    contact = _CONTACT.search(user_agent)
    if contact:
        return Judgement("bot", contact[1].strip("-.")[:40])
    url = _URL.search(user_agent)
    if url and not _BROWSER.search(user_agent):
        return Judgement("bot", url[1][:40])
    oddity = oddity_of(user_agent)
    return Judgement("bot", oddity) if oddity else HUMAN


def _word_start(user_agent: str, named: re.Match[str]) -> int:
    """Return where the word begins that ends in this one. A pattern that looks for both at once takes
    time by the square of the length, and whoever asks chooses the length.
    """
    start = named.start()
    while start and (user_agent[start - 1].isalnum() or user_agent[start - 1] in "_.!-"):
        start -= 1
    return start
