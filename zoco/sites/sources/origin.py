"""Where they came from: source, medium, campaign, and the channel that these make.

What the landing page's parameters say wins over the referrer.
"""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from zoco.kit.hosts import is_own, plain_host
from zoco.kit.masks import clean_referrer, masked, plain_text
from zoco.sites.sources.channels import DIRECT, judged
from zoco.sites.sources.networks import CLICK_IDS, Network, network_of_host, network_of_source
from zoco.sites.sources.own import NOTHING_OWN, OwnSources

LONGEST = 200
# How Urchin, Matomo and the former Piwik write the parameters of a campaign (Matomo: "Campaign tracking").
_UTM = {f"utm_{name}": name for name in ("source", "medium", "campaign", "content", "term")} | {
    f"{prefix}_{name}": column
    for prefix in ("mtm", "matomo", "pk", "piwik")
    for name, column in (
        ("source", "source"), ("medium", "medium"), ("campaign", "campaign"), ("cpn", "campaign"),
        ("content", "content"), ("keyword", "term"), ("kwd", "term"),
    )
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
def origin_of(referrer: str, query: str, hostnames: tuple[str, ...], own: OwnSources = NOTHING_OWN) -> Origin:
    """Return where a visit came from. A referrer of the site itself tells nothing."""
    if referrer in ("", "-") and not query:
        return Origin("", Touch(channel=DIRECT), "")
    host = _host(referrer)
    said, click_id = _parameters(query)
    evidence = "" if referrer == "-" else clean_referrer(referrer)
    is_internal = bool(host) and is_own(host, hostnames)
    network = network_of_host(host, own.networks) if host and not is_internal else None
    touch = _touch(said, click_id, "" if is_internal else host, network, own)
    if is_internal and not touch.source and not touch.campaign:
        touch = Touch()
    return Origin(host, touch, evidence)


def _touch(said: dict[str, str], click_id: str, host: str, network: Network | None, own: OwnSources) -> Touch:
    source, medium = said.get("source", ""), said.get("medium", "")
    if not source:
        sender, way = CLICK_IDS.get(click_id, ("", ""))
        source = sender or (network.name if network else host.removeprefix("www."))
        if not medium and source:
            medium = way or (
                _medium_of(network_of_source(source, own.networks)) if sender else _medium_of(network)
            )
    elif not medium:
        named = network_of_source(source, own.networks)
        medium = CLICK_IDS[click_id][1] if click_id in CLICK_IDS else _medium_of(named) if named else ""
    campaign = said.get("campaign", "")
    return Touch(
        source, medium, campaign, said.get("content", ""), said.get("term", ""), click_id,
        judged(source, medium, campaign, host, own).channel,
    )  # fmt: skip
