"""Words for what stands in the ledger: a channel's key, a country's code, a verdict, nothing at all."""

from datetime import datetime

from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.answer import Answer, Key
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.countries import country_code, country_name

CHANNELS = {
    "direct": _("Direct"),
    "organic_search": _("Organic search"),
    "paid_search": _("Paid search"),
    "organic_social": _("Organic social"),
    "paid_social": _("Paid social"),
    "organic_video": _("Organic video"),
    "paid_video": _("Paid video"),
    "organic_shopping": _("Organic shopping"),
    "paid_shopping": _("Paid shopping"),
    "paid_other": _("Other paid"),
    "cross_network": _("Cross-network"),
    "display": _("Display"),
    "email": _("Email"),
    "affiliates": _("Affiliates"),
    "referral": _("Referral"),
    "audio": _("Audio"),
    "sms": _("SMS"),
    "push": _("Push messages"),
    "mobile_push": _("Push messages"),
    "ai_assistant": _("AI assistant"),
    "internal": _("Own pages"),
    "unassigned": _("Unassigned"),
}
DEVICES = {
    "desktop": _("Desktop"),
    "phone": _("Phone"),
    "tablet": _("Tablet"),
    "tv": pgettext_lazy("device", "TV"),
    "bot": pgettext_lazy("device", "Bot"),
    "console": _("Games console"),
    "watch": pgettext_lazy("device", "Watch"),
    "car": pgettext_lazy("device", "Car"),
}
VERDICTS = {
    "human": _("People"),
    "bot": pgettext_lazy("verdict", "Bot"),
    "ai": _("AI crawler"),
    "headless": _("Headless browser"),
    "spam": _("Spam"),
    "staff": _("Own staff"),
    "server": _("Server"),
}
# What listed bots come for.
KINDS = {
    "search": _("Search engine"),
    "ai_training": _("AI: training"),
    "ai_search": _("AI: search"),
    "ai_user": _("AI: asked by a user"),
    "tool": _("Tool"),
    "monitor": _("Monitoring"),
    "feed_reader": _("Feed reader"),
    "preview": _("Preview of links"),
    "archive": _("Archive"),
    "library": _("Program's library"),
    "headless": _("Headless browser"),
}
NAMES = {
    "web.page.viewed": _("Page viewed (tracker)"),
    "web.page.served": _("Page served (log, server)"),
    "web.asset.served": _("File served"),
    "web.redirect.served": _("Redirect served"),
    "web.error.served": _("Error served"),
    "web.call.served": _("Call served"),
    "web.page.engaged": _("Page looked at"),
    "web.event.sent": _("Event"),
    "web.error.viewed": _("Error seen (tracker)"),
    "web.vitals.measured": _("Speed measured"),
    "shop.product.viewed": _("Product viewed"),
    "shop.basket.added": _("Put into the basket"),
    "shop.basket.removed": _("Taken out of the basket"),
    "shop.checkout.begun": _("Checkout begun"),
    "shop.order.placed": _("Order placed"),
    "shop.order.refunded": _("Order refunded"),
    "web.consent.given": _("Consent given"),
    "web.consent.withdrawn": _("Consent declined or withdrawn"),
    "people.visitor.joined": _("Known visitor joined to a person"),
    "people.visitor.unjoined": _("Join to a person taken back"),
    "people.person.merged": _("Person merged into another"),
    "people.person.parted": _("Merge of a person undone"),
    "channels.message.sent": _("Message sent"),
    "channels.message.refused": _("Message not allowed"),
    "channels.message.held": _("Message held until later"),
    "channels.message.failed": _("Message failed"),
    "channels.message.uncertain": _("Message that may have arrived"),
    "channels.message.bounced": _("Message came back"),
    "channels.message.complained": _("Complaint about a message"),
    "channels.message.unsubscribed": _("Unsubscribed by a message"),
    "channels.message.delivered": _("Message delivered, as a provider told"),
    "channels.message.opened": _("Message opened, as a provider told"),
    "channels.message.clicked": _("Link of a message followed, as a provider told"),
    "mail.letter.opened": _("Letter opened"),
    "mail.link.clicked": _("Link of a letter followed"),
    "mail.reply.received": _("Letter replied to"),
    "consent.choice.given": _("Messages agreed to"),
    "consent.choice.withdrawn": _("Messages declined"),
    "consent.form.filled": _("Sign-up form filled in"),
    "trials.arm.shown": _("Arm of a test received"),
    "surveys.survey.shown": _("Survey seen"),
    "surveys.survey.answered": _("Survey answered"),
    "surveys.question.answered": _("Question of a survey answered"),
    "trials.shares.set": _("Shares of a test's arms set"),
    "people.audience.entered": _("Person entered an audience"),
    "people.audience.left": _("Person left an audience"),
    "collector.facts.taken": _("Facts taken"),
    "collector.fact.refused": _("Fact refused"),
}
REFUSALS = {
    "unknown_host": _("No site has this host name"),
    "too_large": _("Request longer than 64 KiB"),
    "too_many": _("More than 100 facts in a request"),
    "bad_json": _("Not JSON of the documented shape"),
    "bad_url": _("Address of the page unusable"),
    "bad_title": _("Title longer than 500 characters"),
    "bad_id": _("Id is no UUID"),
    "bad_number": _("Number out of bounds"),
    "bad_event": _("Event without a proper name"),
    "bad_props": _("Properties over the limits"),
    "bad_subject": _("Fact of a shop without its product"),
    "bad_money": _("Amount or currency unusable"),
    "too_old": _("Happened more than 24 hours ago, or in the future"),
    "no_salt": _("Keys of the day not there: no worker runs"),
    "not_written": _("No room to write it down"),
    "bad_consent": _("Choice or id without its proper form"),
    "privacy_signal": _("Browser asks for privacy"),
    "bad_person": _("Person not signed, or the token has expired"),
    "no_consent": _("Person of a visitor who did not consent"),
    "blocked_address": _("Address on the block list"),
    "blocked_country": _("Country on the block list"),
    "blocked_page": _("Page on the block list"),
    "blocked_host": _("Host name on the block list"),
}
NOT_DEALT = {"not_dealt": _("Arm of a bandit not dealt: the database took nothing")}
BEHAVIOUR = {
    "driven by a program": _("Driven by a program"),
    "client hints contradict the user agent": _("Client hints contradict the user agent"),
    "more than a page a second": _("More than a page a second"),
    "cluster of one-page visits": _("Cluster of one-page visits"),
    "pages that nobody looked at": _("Pages that nobody looked at"),
    "pages without their files": _("Pages without their files"),
    "names no browser": _("Names no browser"),
    "names no engine": _("Names no engine"),
    "names no system": _("Names no system"),
    "no user agent": _("No user agent"),
    "address of own staff": _("Address of own staff"),
    "browser marked as own staff": _("Browser marked as own staff"),
}
ORIGINS = {
    "tracker": pgettext_lazy("origin", "Tracker"),
    "server": pgettext_lazy("origin", "Server"),
    "log": pgettext_lazy("origin", "Log"),
    "import": pgettext_lazy("origin", "Import"),
    "simulated": pgettext_lazy("origin", "Simulated"),
}
OTHER_LANGUAGES = {"zh": _("Chinese")}  # which Django knows only by script
UNCAPPED = ("es", "ru")
"""Readers in whose sentences names of languages have no capital."""
NODES = {
    "…": _("All others"),
    "…ended": pgettext_lazy("flow", "ended here"),
    "…open": pgettext_lazy("flow", "may still go on"),
    "…began": pgettext_lazy("flow", "began here"),
}
"""What stands in place of a step."""
ANY = {"/**": pgettext_lazy("flow", "any page")}
WORDS = {
    "channel": CHANNELS,
    "device": DEVICES,
    "verdict": VERDICTS,
    "name": NAMES,
    "origin": ORIGINS,
    "reason": REFUSALS | NOT_DEALT | BEHAVIOUR,
    "kind": KINDS,
}


ARROW = " → "
"""Stands between the values of a path."""


def value_label(name: str, kind: str, value: Key) -> str:
    """Return how a value of a column is shown. `name` is the column, `kind` its dimension's kind."""
    if value in ("", 0) and kind != "number":
        return pgettext("value", "(none)") if kind in {"host", "path"} else pgettext("value", "(not known)")
    if kind == "country":
        return country_name(str(value))
    if kind == "language" or name == "language":
        return language_name(str(value))
    if kind == "channels":
        return ARROW.join(value_label("channel", "channel", each) for each in str(value).split(ARROW))
    if kind == "node":
        return str((NODES | ANY | NAMES).get(str(value), value))
    words = WORDS.get(kind) or WORDS.get(name) or {}
    return str(words.get(str(value), value))


def value_meant(name: str, kind: str, text: str) -> str:
    """Return the value in the ledger for what a reader wrote: "Germany" is DE; other text stays as it is."""
    if kind == "country":
        return country_code(text)
    if kind == "language" or name == "language":
        known = {code: language_name(code) for code in (*LANG_INFO, *OTHER_LANGUAGES)}
    else:
        known = {value: str(words) for value, words in (WORDS.get(kind) or WORDS.get(name) or {}).items()}
    wanted = text.strip().casefold()
    return next((value for value, words in known.items() if words.casefold() == wanted), text)


def language_name(code: str) -> str:
    """Return the name of a language in the one in force; the code itself when it is not known."""
    if code in OTHER_LANGUAGES:
        return str(OTHER_LANGUAGES[code])
    try:
        return str(capfirst(get_language_info(code)["name_translated"]))
    except KeyError:
        return code


def language_within(code: str) -> str:
    """Return the name of a language as it stands within a sentence or in brackets."""
    name = language_name(code)
    return name[:1].lower() + name[1:] if (get_language() or "").startswith(UNCAPPED) else name


def bucket_label(start: datetime, grain: str, *, whole: bool = False) -> str:
    """Return how a bucket is named on an axis, or `whole` in a table and a tip."""
    if grain == "month":
        return formats.month(start.date())
    if grain == "hour":
        return formats.moment(start) if whole else formats.clock(start)
    if grain == "week" and whole:
        return gettext("week from %(day)s") % {"day": formats.day(start.date())}
    return formats.day(start.date(), year=whole)


def grain_of(answer: Answer) -> str:
    """Return the grain of an answer's buckets, "" where it has none."""
    if not any(each.kind == "bucket" for each in answer.dimensions):
        return ""
    return str(answer.question.params_for(answer.report).get("grain", "day"))
