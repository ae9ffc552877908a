"""Where they came from: source, medium, campaign, and the channel that these make.

What the landing page's parameters say wins over the referrer. The channel follows the order of
Google Analytics 4's default channel group, first match wins; AI assistants are a group of their own.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from zoco.collector.event import Event
from zoco.collector.hosts import is_own, plain_host
from zoco.collector.lists.lookup import CLICK_IDS, Network, network_of_host, network_of_source
from zoco.collector.masks import clean_referrer, masked, plain_text

LONGEST = 200
DIRECT = "direct"

_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
_SHOP = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
_DISPLAY = {"display", "banner", "expandable", "interstitial", "cpm"}
_SOCIAL = {"social", "social-network", "social-media", "sm", "social network", "social media"}
_EMAIL = {"email", "e-mail", "e_mail", "e mail"}
_PUSH = re.compile(r"push$|mobile|notification")
_PAID_OF = {
    "shopping": "paid_shopping",
    "search": "paid_search",
    "social": "paid_social",
    "video": "paid_video",
}
_UTM = {
    "utm_source": "source", "utm_medium": "medium", "utm_campaign": "campaign", "utm_content": "content",
    "utm_term": "term", "mtm_source": "source", "mtm_medium": "medium", "mtm_campaign": "campaign",
    "mtm_content": "content", "mtm_keyword": "term", "pk_source": "source", "pk_medium": "medium",
    "pk_campaign": "campaign", "pk_content": "content", "pk_keyword": "term",
}  # fmt: skip


class Touch(NamedTuple):
    """A touchpoint; the fields are columns. Everything empty and channel direct: nobody sent them."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    click_id: str = ""
    channel: str = ""


class Origin(NamedTuple):
    """What the step works out: the referring host, the touchpoint, the referrer as evidence."""

    referrer_host: str
    touch: Touch
    referrer: str


def channel_of(source: str, medium: str, campaign: str = "") -> str:
    """Return the channel of a source, medium and campaign. First match wins."""
    source, medium, campaign = source.strip().lower(), medium.strip().lower(), campaign.strip().lower()
    if source in ("", "(direct)") and medium in ("", "(none)", "(not set)") and not campaign:
        return DIRECT
    network = network_of_source(source)
    category = network.category if network else ""
    shopping = category == "shopping" or bool(_SHOP.match(campaign))
    if "cross-network" in campaign:
        return "cross_network"
    if _PAID.match(medium):
        if shopping or category in _PAID_OF:
            return "paid_shopping" if shopping else _PAID_OF[category]
        return "display" if medium in _DISPLAY else "paid_other"
    return "display" if medium in _DISPLAY else _unpaid(source, medium, category, shopping)


def _unpaid(source: str, medium: str, category: str, shopping: bool) -> str:
    rules = (
        (category == "ai" or medium in ("ai", "ai-assistant"), "ai_assistant"),
        (shopping, "organic_shopping"),
        (category == "social" or medium in _SOCIAL, "organic_social"),
        (category == "video" or "video" in medium, "organic_video"),
        (category == "search" or medium == "organic", "organic_search"),
        (category == "email" or source in _EMAIL or medium in _EMAIL, "email"),
        (medium in ("affiliate", "affiliates"), "affiliates"),
        (medium in ("referral", "app", "link"), "referral"),
        (medium == "audio", "audio"),
        ("sms" in (source, medium), "sms"),
        (source == "firebase" or bool(_PUSH.search(medium)), "push"),
    )
    return next((channel for matches, channel in rules if matches), "unassigned")


def _parameters(query: str) -> tuple[dict[str, str], str]:
    """Return what a query says of the campaign, and which click id it carries."""
    said: dict[str, str] = {}
    click_id = ""
    if "=" not in query:
        return said, click_id
    for name, value in parse_qsl(query, encoding="utf-8", errors="replace", max_num_fields=None)[:200]:
        lowered = name.lower()
        column = _UTM.get(lowered)
        if column and column not in said and value.strip():
            said[column] = masked(plain_text(value))[:LONGEST]
        elif lowered in CLICK_IDS and not click_id:
            click_id = lowered
    return said, click_id


def _host(referrer: str) -> str:
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "android-app"):
        return ""
    return plain_host(parts.netloc)


def _medium_of(network: Network | None) -> str:
    by_category = {"search": "organic", "social": "social", "email": "email"}
    return by_category.get(network.category, "referral") if network else "referral"


@lru_cache(maxsize=8192)
def origin_of(referrer: str, query: str, hostnames: tuple[str, ...]) -> Origin:
    """Return where a visit came from. A referrer of the site itself tells nothing."""
    if referrer in ("", "-") and not query:
        return Origin("", Touch(channel=DIRECT), "")
    host = _host(referrer)
    said, click_id = _parameters(query)
    evidence = "" if referrer == "-" else clean_referrer(referrer)
    is_internal = bool(host) and is_own(host, hostnames)
    network = network_of_host(host) if host and not is_internal else None
    touch = _touch(said, click_id, "" if is_internal else host, network)
    if is_internal and not touch.source and not touch.campaign:
        touch = Touch()
    return Origin(host, touch, evidence)


def _touch(said: dict[str, str], click_id: str, host: str, network: Network | None) -> Touch:
    source, medium = said.get("source", ""), said.get("medium", "")
    if not source:
        sender, way = CLICK_IDS.get(click_id, ("", ""))
        source = sender or (network.name if network else host.removeprefix("www."))
        if not medium and source:
            medium = way or (_medium_of(network_of_source(source)) if sender else _medium_of(network))
    elif not medium:
        named = network_of_source(source)
        medium = CLICK_IDS[click_id][1] if click_id in CLICK_IDS else _medium_of(named) if named else ""
    campaign = said.get("campaign", "")
    return Touch(
        source, medium, campaign, said.get("content", ""), said.get("term", ""), click_id,
        channel_of(source, medium, campaign),
    )  # fmt: skip


def step(event: Event) -> Event:
    """Set the touchpoint, the referring host, and the referrer as evidence."""
    fact = event.fact
    fact.referrer_host, touch, fact.referrer = origin_of(event.referrer, event.query, event.site.hostnames)
    fact.source, fact.medium, fact.campaign = touch.source, touch.medium, touch.campaign
    fact.content, fact.term, fact.click_id, fact.channel = touch[3:]
    return event
