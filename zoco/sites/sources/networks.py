"""Look a host or a source up among the networks: the most specific entry wins, never a part of a label."""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from zoco.kit.hosts import registrable
from zoco.kit.lists import rows
from zoco.sites.sources.own import OwnNetwork

_HERE = Path(__file__).parent


class Network(NamedTuple):
    """What a source is: its name in reports and its category ("none" for no category)."""

    name: str
    category: str


_HOSTS = {host: Network(name, category) for category, host, name in rows(_HERE / "networks.tsv", 3)}
# Names as people write them into utm_source: "google", "Facebook".
_NAMES = {network.name: network for network in reversed(_HOSTS.values()) if network.category != "none"}
_ALIASES = {
    "fb": "facebook",
    "ig": "instagram",
    "meta": "facebook",
    "twitter": "x",
    "vkontakte": "vk",
    "yt": "youtube",
    "adwords": "google",
    "googleads": "google",
    "bing_ads": "bing",
    "microsoft": "bing",
    "openai": "chatgpt",
}
# Under "blogspot.com" anybody can be "google"; under "co.uk" or "fr" only Google can.
_COUNTRY = re.compile(r"[a-z0-9-]+|[a-z]{2,3}\.[a-z]{2}")

# Parameter of a click id → source, and medium where the parameter tells it.
CLICK_IDS: dict[str, tuple[str, str]] = {
    name: (source, "" if medium == "-" else medium)
    for name, source, medium in rows(_HERE / "click_ids.tsv", 3)
}


@lru_cache(maxsize=8192)
def network_of_host(host: str, own: tuple[OwnNetwork, ...] = ()) -> Network | None:
    """Return the network that a referring host belongs to, or None. The site's own come first."""
    domain = registrable(host)
    suffix = domain.partition(".")[2]
    suffix = suffix if _COUNTRY.fullmatch(suffix) else ""
    mine = {each.host: Network(each.name, each.category) for each in own}
    labels = host.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels))]
    for name in names:
        if name in mine:
            return mine[name]
    for name in names:
        if len(name) < len(domain):
            break
        family = name[: -len(suffix)] + "*" if suffix and name.endswith("." + suffix) else ""
        found = _HOSTS.get(name) or _HOSTS.get(family)
        if found:
            return found
    return None


@lru_cache(maxsize=8192)
def network_of_source(source: str, own: tuple[OwnNetwork, ...] = ()) -> Network | None:
    """Return the network that a utm_source names, as a name or as a host, or None."""
    word = source.strip().lower()
    for each in own:
        if word == each.name.lower():
            return Network(each.name, each.category)
    word = _ALIASES.get(word, word)
    found = _NAMES.get(word)
    if found is None and "." in word:
        found = network_of_host(word, own)
    return found


def known_networks() -> tuple[tuple[str, Network], ...]:
    """Return each host of the lists with its network, in their order."""
    return tuple(_HOSTS.items())
