"""What each rule of the verdicts means, in a sentence."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zoco.ledger.pictures.labels import value_label
from zoco.sites.crawlers.bots import KINDS

# As the collector, which lies beside, writes reasons down.
FORGED = ", from an address not its own"
MEANINGS = {
    "human": _("Nothing speaks against a person in front of a browser."),
    "bot": _("Programs that say so, or that give themselves away by what they do."),
    "ai": _("Crawlers of AI: for training, for search, or because somebody asked."),
    "headless": _("Browsers without anybody in front of them."),
    "spam": _("Sent by a host that never linked to anybody."),
    "staff": _("Your own people."),
    "server": _("Your own server, which writes down what happens in your shop or programs."),
}
_SHAPE = _("Its user agent has not the shape of a browser’s.")
RULES = {
    "driven by a program": _("The browser itself says that a program drives it."),
    "client hints contradict the user agent": _(
        "What the browser says in its hints contradicts its user agent."
    ),
    "more than a page a second": _(
        "At least 6 pages, a second or less each, hardly looked at, and no event."
    ),
    "cluster of one-page visits": _(
        "Ten or more visits of a day that saw one page unlooked at, alike in country, screen, browser and "
        "version, and far more of them than among the others."
    ),
    "pages that nobody looked at": _(
        "Three pages or more, hardly looked at, no event, and a hundred to one by other signs."
    ),
    "pages without their files": _(
        "Three pages or more in a log without one file of theirs, and a hundred to one by other signs."
    ),
    "names no browser": _SHAPE,
    "names no engine": _SHAPE,
    "names no system": _SHAPE,
    "no user agent": _("The request names no user agent."),
    "address of own staff": _("It comes from an address on the list of own staff."),
    "browser marked as own staff": _("Its owner marked it by the link for colleagues, or logged in here."),
}


def reason_said(reason: str) -> str:
    """Return a reason as a person reads it."""
    if reason.endswith(FORGED):
        said = gettext("%(crawler)s, from an address not its own")
        return said % {"crawler": reason.removesuffix(FORGED)}
    return value_label("reason", "text", reason)


def meaning_of(verdict: str, reason: str) -> str:
    """Return what the rule is that gave this verdict and reason."""
    if reason in RULES:
        return str(RULES[reason])
    if reason.endswith(FORGED):
        return str(
            _("It bears the name of this crawler, and comes from an address that is not the crawler’s.")
        )
    if verdict == "spam":
        return str(_("The host that is said to have linked is on the list of spammers."))
    if verdict in {"human", "staff", "server"} or not reason:
        return str(MEANINGS.get(verdict, ""))
    if reason in KINDS:
        return str(_("Its user agent names it, and the list of bots knows it."))
    return str(_("Its user agent calls itself a bot, or says whom to ask about it."))
