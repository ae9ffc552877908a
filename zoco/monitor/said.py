"""Goals in words, for lists."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.goals import PropCondition
from zoco.ledger.pictures import formats
from zoco.monitor.conditions import conditions_write
from zoco.monitor.models import Goal


def goal_said(goal: Goal) -> str:
    """Return in one line what reaches a goal."""
    match goal.kind:
        case Goal.Kind.PAGE:
            return _("page %(pattern)s") % {"pattern": goal.pattern}
        case Goal.Kind.EVENT:
            return _event(goal)
        case Goal.Kind.FORM:
            return _("form %(name)s") % {"name": goal.event} if goal.event else _("any form")
        case Goal.Kind.REVENUE:
            return _money(goal)
    return _stay(goal)


def _event(goal: Goal) -> str:
    if not goal.conditions:
        return _("event %(name)s") % {"name": goal.event}
    kept = conditions_write([PropCondition(*each) for each in goal.conditions])
    return _("event %(name)s with %(properties)s") % {
        "name": goal.event,
        "properties": kept.replace("\n", ", "),
    }


def _money(goal: Goal) -> str:
    cents = goal.amount != goal.amount.to_integral()
    amount = formats.money(goal.amount, goal.site.currency, cents=cents)
    if goal.event and goal.amount:
        return _("%(amount)s or more by event %(name)s") % {"amount": amount, "name": goal.event}
    if goal.event:
        return _("any revenue by event %(name)s") % {"name": goal.event}
    return _("%(amount)s or more") % {"amount": amount} if goal.amount else _("any revenue")


def _stay(goal: Goal) -> str:
    pages = ngettext("%(number)s page", "%(number)s pages", goal.views) % {
        "number": formats.count(goal.views)
    }
    seconds = formats.length(float(goal.seconds))
    if goal.seconds and goal.views:
        return _("%(length)s and %(pages)s in one visit") % {"length": seconds, "pages": pages}
    return _("%(length)s in one visit") % {"length": seconds if goal.seconds else pages}
