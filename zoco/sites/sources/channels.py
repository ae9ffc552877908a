"""The order of source channels: the first rule that fits a visit's source, medium and campaign wins.

The order is that of Google Analytics 4's default channel group (support.google.com/analytics, "Default
channel group"); AI assistants are a channel of their own, between what is paid and what is not.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from zoco.sites.sources.networks import Network, network_of_source
from zoco.sites.sources.own import NOTHING_OWN, Clue, OwnSources, fits

DIRECT = "direct"
UNASSIGNED = "unassigned"

Field = Literal["source", "medium", "campaign", "category"]
Operator = Literal["is", "contains", "paid", "shopping", "push"]

# The patterns that the documentation gives as regular expressions.
_PATTERNS: dict[str, re.Pattern[str]] = {
    "paid": re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$"),
    "shopping": re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$"),
    "push": re.compile(r"push$|mobile|notification"),
}


class Clause(NamedTuple):
    """A condition on one field; a category is that of the network which the source belongs to."""

    field: Field
    operator: Operator
    values: tuple[str, ...] = ()

    def holds(self, clue: Clue, category: str) -> bool:
        """Return whether it holds."""
        text = category if self.field == "category" else str(getattr(clue, self.field))
        if self.operator == "is":
            return text in self.values
        if self.operator == "contains":
            return any(value in text for value in self.values)
        return bool(_PATTERNS[self.operator].search(text))


class Rule(NamedTuple):
    """A channel, and what makes it: all of `every` and, where there are some, one of `some`."""

    channel: str
    some: tuple[Clause, ...]
    every: tuple[Clause, ...] = ()

    def holds(self, clue: Clue, category: str) -> bool:
        """Return whether a visit is of this channel."""
        return all(each.holds(clue, category) for each in self.every) and (
            not self.some or any(each.holds(clue, category) for each in self.some)
        )


def _is(field: Field, *values: str) -> Clause:
    return Clause(field, "is", values)


_PAID = (Clause("medium", "paid"),)
# What Meta writes for {{site_source_name}} and no other way names a network: Messenger.
_PLACEMENTS = ("msg",)
_DISPLAY = ("display", "banner", "expandable", "interstitial", "cpm")
_SOCIAL = ("social", "social-network", "social-media", "sm", "social network", "social media")
_EMAIL = ("email", "e-mail", "e_mail", "e mail")
_NOBODY = (_is("source", "", "(direct)"), _is("medium", "", "(none)", "(not set)"), _is("campaign", ""))
_SHOPS = (_is("category", "shopping"), Clause("campaign", "shopping"))
RULES = (
    Rule(DIRECT, (), _NOBODY),
    Rule("cross_network", (Clause("campaign", "contains", ("cross-network",)),)),
    Rule("paid_shopping", _SHOPS, _PAID),
    Rule("paid_search", (_is("category", "search"),), _PAID),
    Rule("paid_social", (_is("category", "social"), _is("source", *_PLACEMENTS)), _PAID),
    Rule("paid_video", (_is("category", "video"),), _PAID),
    Rule("display", (_is("medium", *_DISPLAY),)),
    Rule("paid_other", (), _PAID),
    Rule("ai_assistant", (_is("category", "ai"), _is("medium", "ai", "ai-assistant"))),
    Rule("organic_shopping", _SHOPS),
    Rule("organic_social", (_is("category", "social"), _is("medium", *_SOCIAL))),
    Rule("organic_video", (_is("category", "video"), Clause("medium", "contains", ("video",)))),
    Rule("organic_search", (_is("category", "search"), _is("medium", "organic"))),
    Rule("email", (_is("category", "email"), _is("source", *_EMAIL), _is("medium", *_EMAIL))),
    Rule("affiliates", (_is("medium", "affiliate", "affiliates"),)),
    Rule("referral", (_is("medium", "referral", "app", "link"),)),
    Rule("audio", (_is("medium", "audio", "podcast"),)),
    Rule("sms", (_is("source", "sms"), _is("medium", "sms"))),
    Rule("push", (_is("source", "firebase"), Clause("medium", "push"))),
)  # fmt: skip


class Judged(NamedTuple):
    """A channel and why: the number, from 0, of the site's own rule or of one in `RULES`; None for neither.

    `network` is what the source belongs to.
    """

    channel: str
    own: int | None
    rule: int | None
    network: Network | None


@lru_cache(maxsize=8192)
def judged(
    source: str, medium: str, campaign: str = "", referrer: str = "", own: OwnSources = NOTHING_OWN
) -> Judged:
    """Return the channel of a source, medium, campaign and referring host, and why."""
    clue = Clue(*(text.strip().lower() for text in (source, medium, campaign, referrer)))
    network = network_of_source(source, own.networks)
    for number, mine in enumerate(own.rules):
        if fits(mine, clue):
            return Judged(mine.channel, number, None, network)
    category = network.category if network else ""
    for number, rule in enumerate(RULES):
        if rule.holds(clue, category):
            return Judged(rule.channel, None, number, network)
    return Judged(UNASSIGNED, None, None, network)
