"""The rules of source channels in words."""

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zoco.ledger.pictures.labels import value_label
from zoco.sites.sources.channels import RULES, Clause, Judged, Rule
from zoco.sites.sources.own import OwnRule
from zoco.sites.sourcing.models import PATTERNS, SourceNetwork

FIELDS = {
    "source": pgettext_lazy("touchpoint", "source"),
    "medium": gettext_lazy("medium"),
    "campaign": gettext_lazy("campaign"),
    "referrer": gettext_lazy("referring host"),
}
BELONGS = {
    "search": gettext_lazy("the source is a search engine"),
    "social": gettext_lazy("the source is a social network"),
    "video": gettext_lazy("the source is a video site"),
    "shopping": gettext_lazy("the source is a shopping site"),
    "email": gettext_lazy("the source is a mailbox on the web"),
    "ai": gettext_lazy("the source is an AI assistant"),
}
PATTERNED = {
    "paid": gettext_lazy("the medium contains cp, or is ppc, retargeting or paid…"),
    "shopping": gettext_lazy("the campaign is about a shop or shopping"),
    "push": gettext_lazy("the medium ends with push, or contains mobile or notification"),
}


def channel_said(channel: str) -> str:
    """Return a channel's name; that of a site's own is its key."""
    return value_label("channel", "channel", channel)


def rule_said(rule: Rule) -> str:
    """Return what makes a channel."""
    every = [clause_said(each) for each in rule.every]
    some = pgettext("rule", ", or ").join(clause_said(each) for each in rule.some)
    return pgettext("rule", "; and ").join([*every, *([some] if some else [])])


def clause_said(clause: Clause) -> str:
    """Return a condition in words."""
    if clause.field == "category":
        return str(BELONGS[clause.values[0]])
    if clause.operator in PATTERNED:
        return str(PATTERNED[clause.operator])
    words = ", ".join(value or _("empty") for value in clause.values)
    said = {"field": FIELDS[clause.field], "values": words}
    if clause.operator == "contains":
        return _("the %(field)s contains %(values)s") % said
    if len(clause.values) == 1:
        return _("the %(field)s is %(values)s") % said
    return _("the %(field)s is one of: %(values)s") % said


def own_said(rule: OwnRule) -> str:
    """Return what visits must fit for a site's own rule."""
    asked = [(name, getattr(rule, name)) for name in PATTERNS if getattr(rule, name)]
    return pgettext("rule", "; and ").join(
        _("the %(field)s is %(values)s") % {"field": FIELDS[name], "values": text} for name, text in asked
    )


def why(found: Judged, rules: tuple[OwnRule, ...]) -> str:
    """Return why a visit is of its channel."""
    if found.own is not None:
        said = {"number": found.own + 1, "rule": own_said(rules[found.own])}
        return _("Your rule %(number)s: %(rule)s.") % said
    if found.rule is None:
        return _("No rule fits, yours or any other.")
    said = {"number": found.rule + 1, "rule": rule_said(RULES[found.rule])}
    return _("Rule %(number)s: %(rule)s.") % said


def network_said(found: Judged) -> str:
    """Return what the source belongs to, empty for nothing that is known."""
    if found.network is None:
        return ""
    kind = SourceNetwork.Category(found.network.category).label
    return str(format_lazy("{name} ({kind})", name=found.network.name, kind=kind))
