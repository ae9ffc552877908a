"""What a site says itself of its sources: rules that come before all others, and networks of its own."""

from typing import NamedTuple

import msgspec

CATEGORIES = ("search", "social", "video", "shopping", "email", "ai", "none")


class OwnNetwork(msgspec.Struct, frozen=True):
    """A host and all below it belong to the network `name`, which is one of `CATEGORIES`."""

    host: str
    name: str
    category: str = "none"


class OwnRule(msgspec.Struct, frozen=True):
    """A visit that fits all patterns is of this channel. Empty fits anything, * stands for any text.

    Capitals make no difference. `referrer` is the referring host.
    """

    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""


class OwnSources(msgspec.Struct, frozen=True):
    """The rules in the order in which they are asked, and the networks.

    `former` are host and name of all networks that there ever were: facts of the past bear those names.
    """

    rules: tuple[OwnRule, ...] = ()
    networks: tuple[OwnNetwork, ...] = ()
    former: tuple[tuple[str, str], ...] = ()

    def names_of(self, host: str) -> set[str]:
        """Return the names that networks of a host ever had."""
        return {name for below, name in self.former if host == below or host.endswith(f".{below}")}


NOTHING_OWN = OwnSources()


class Clue(NamedTuple):
    """What a rule looks at, in lower case."""

    source: str
    medium: str
    campaign: str
    referrer: str


def fits(rule: OwnRule, clue: Clue) -> bool:
    """Return whether a visit fits a rule; one without any pattern fits nothing."""
    pairs = (
        (rule.source, clue.source),
        (rule.medium, clue.medium),
        (rule.campaign, clue.campaign),
        (rule.referrer, clue.referrer),
    )
    asked = [(pattern.lower(), text) for pattern, text in pairs if pattern]
    return bool(asked) and all(matches(pattern, text) for pattern, text in asked)


def matches(pattern: str, text: str) -> bool:
    """Return whether a text fits a pattern in which * stands for any text; takes linear time."""
    first, *others = pattern.split("*")
    if not others:
        return first == text
    *middle, last = others
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
