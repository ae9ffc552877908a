"""A rule of audiences: how far people came through a funnel in the last days. Who is unknown has no key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext_lazy

from zoco.kit.periods import Period
from zoco.ledger import expr, sitebook
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.pictures import formats
from zoco.ledger.report import ParameterWrong
from zoco.ledger.scope import Facts
from zoco.ledger.views.actions import Action, leads_to_people, offer_report
from zoco.monitor.funnels import Funnel, funnel_kept, funnel_of
from zoco.monitor.reports.funnels.chains import STEPS_MOST, everybody, newest
from zoco.people.audiences.bitmaps import of_table
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.people.audiences.rules import VERSION
from zoco.people.gathering.opening import ADD, SEE
from zoco.people.models import NUMBER_BASE
from zoco.people.opening import sees_people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from zoco.ledger.asking.answer import Answer, Row
    from zoco.ledger.expr import Table
    from zoco.ledger.report import Report
    from zoco.ledger.views.address import Address
    from zoco.monitor.reports.funnels import chains

HOW = {
    "reached": pgettext_lazy("rule", "came to this step"),
    "stopped": pgettext_lazy("rule", "stopped at this step"),
    "waiting": pgettext_lazy("rule", "came to this step and may still go on"),
}
FIGURES = {"people": "reached", "stopped": "stopped", "not_yet": "waiting"}
"""What the rule says of those whom a figure of the report counts."""
DAYS_FIRST, DAYS_MOST = 30, 3_650
EARLIEST, LATEST = date(1971, 1, 1), date(2200, 1, 1)
FUNNEL = "funnel"
"""The key of the report."""
GONE = gettext_noop("The funnel that a rule asks for is there no more.")


def _funnels() -> list[tuple[int, str]]:
    found = Funnel.objects.select_related("site").order_by("site", "name", "id")
    return [(each.pk, f"{each.name} ({each.site.name})") for each in found]


class FunnelLeafForm(LeafForm):
    """Which funnel, how far, and when they began."""

    funnel = forms.TypedChoiceField(label=gettext_lazy("Funnel"), choices=_funnels, coerce=int)
    step = forms.IntegerField(
        label=pgettext_lazy("rule", "Step, by its number"), min_value=1, max_value=STEPS_MOST, initial=2
    )
    how = forms.ChoiceField(label=pgettext_lazy("funnel", "How far"), choices=tuple(HOW.items()))
    days = forms.IntegerField(
        label=pgettext_lazy("rule", "Begun in the last days, as many as"),
        min_value=1,
        max_value=DAYS_MOST,
        initial=DAYS_FIRST,
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("With a first and a last day they began in between, whatever day it is now."),
    )
    until = forms.DateField(label=gettext_lazy("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for days, or for the first and the last of them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if self.errors:
            return cleaned
        if bool(since) != bool(until):
            self.add_error("until" if since else "since", _("Write both the first and the last day."))
        elif since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        elif since and until and not (since >= EARLIEST and until <= LATEST):
            self.add_error("since", _("The days lie too far from now to be counted."))
        elif since and until and (until - since).days >= DAYS_MOST:
            words = _("At most %(most)s days are counted; choose a later first day.")
            self.add_error("since", words % {"most": formats.count(DAYS_MOST)})
        elif not since and not cleaned.get("days"):
            self.add_error("days", _("Write how many days."))
        return cleaned

    def rule(self) -> dict[str, Any]:
        """Return what was filled in: days of the calendar, or else how many days until now."""
        given = self.cleaned_data
        written = {name: given[name] for name in ("funnel", "step", "how")}
        if given["since"]:
            return written | {name: given[name].isoformat() for name in ("since", "until")}
        return written | {"days": given["days"]}


@LEAVES.plug
class FunnelLeaf(FormLeaf):
    """Who came to a step of a funnel, or stopped there though there was time to go on."""

    key = "funnel"
    label = gettext_lazy("How far they came through a funnel")
    form = FunnelLeafForm

    def begin(self, rule: Json, asked: Asked) -> None:
        """Begin to ask the ledger. Raises LeafWrong."""
        asked.begin(*_ask(rule, asked))

    def found(self, rule: Json, asked: Asked) -> Found:
        """Ask the ledger. Raises LeafWrong."""
        return Found(of_table(asked.told(*_ask(rule, asked))), is_sure=False)

    def said(self, rule: Json) -> str:
        """Say it."""
        funnel = Funnel.objects.filter(pk=rule["funnel"]).first()
        steps = funnel.steps if funnel else []
        named = {
            "funnel": funnel.name if funnel else rule["funnel"],
            "step": steps[rule["step"] - 1] if rule["step"] <= len(steps) else rule["step"],
            "how": HOW[rule["how"]],
            "days": rule.get("days"),
        }
        if "since" in rule:
            named["when"] = formats.span(*(date.fromisoformat(rule[name]) for name in ("since", "until")))
            return _("funnel %(funnel)s, step %(step)s: %(how)s, begun %(when)s") % named
        words = ngettext(
            "funnel %(funnel)s, step %(step)s: %(how)s, begun in the last %(days)s day",
            "funnel %(funnel)s, step %(step)s: %(how)s, begun in the last %(days)s days",
            rule["days"],
        )
        return words % named


def _ask(rule: Json, asked: Asked) -> tuple[object, Callable[[], Any]]:
    """Return what the ledger is asked, and the call that asks it. Raises LeafWrong."""
    kept = Funnel.objects.filter(pk=rule["funnel"]).first()
    site = next((each for each in sitebook.sites() if kept and each.id == kept.site_id), None)
    if kept is None or site is None:
        raise LeafWrong(GONE)
    try:
        funnel = funnel_of(site.id, str(kept.pk))
    except ParameterWrong as wrong:
        raise LeafWrong(wrong.words, **wrong.places) from wrong
    if funnel is None:
        raise LeafWrong(GONE)
    if rule["step"] > len(funnel.steps):
        words = gettext_noop("The funnel %(name)s has only %(steps)s steps.")
        raise LeafWrong(words, name=funnel.name, steps=len(funnel.steps))
    if rule["how"] != "reached" and rule["step"] == len(funnel.steps):
        raise LeafWrong(gettext_noop("Nobody stops at the last step; choose one before it."))
    period = _period(rule, asked, site.zone)
    shape = ("funnel leaf", funnel, rule["step"], rule["how"])
    store = asked.ledger
    write = partial(_people, funnel=funnel, step=rule["step"], how=rule["how"])

    def ask() -> Any:
        given = Given(site, (period,))
        sql = templates.filled((*shape, store.dialect), given, store.dialect, write, lasting="never")
        return store.query(sql)

    return (*shape, site.id, str(period)), ask


def _period(rule: Json, asked: Asked, zone: str) -> Period:
    """Return the days in which they began."""
    if "since" in rule:
        return Period(date.fromisoformat(rule["since"]), date.fromisoformat(rule["until"]), zone)
    today = asked.now.astimezone(ZoneInfo(zone)).date()
    return Period(today - timedelta(days=rule["days"] - 1), today, zone)


def _people(given: Given, *, funnel: chains.Funnel, step: int, how: str) -> Table:
    """Return one column, person: the keys of those whom a rule is about."""
    facts = Facts(given.site, given.periods[0])
    each = everybody(facts, funnel).cross_join(newest(facts))
    if how == "reached":
        chosen = each.filter(each.came >= step)
    else:
        is_open = each.newest - each.last < funnel.within_seconds * 1_000_000
        chosen = each.filter(each.came == step, is_open if how == "waiting" else ~is_open)
    ours = chosen.filter(chosen.who < -expr.whole(NUMBER_BASE))
    return ours.select(person=-ours.who - expr.whole(NUMBER_BASE))


@offer_report
def audience_offered(request: HttpRequest, report: Report, address: Address) -> Action | None:
    """Offer to make an audience of those who stopped on the way of the report's funnel."""
    if report.key != FUNNEL or not sees_people() or not request.user.has_perm(ADD):
        return None
    site = sitebook.site(address.query.get("site", ""))
    kept = funnel_kept(site.id, address.query.get("funnel", ""))
    try:
        where = reverse("zoco_audience_new")
    except NoReverseMatch:  # a host project without Wagtail's admin
        return None
    if kept is None:
        return None
    rule = {"leaf": FunnelLeaf.key, "funnel": kept.pk, "step": 1, "how": "stopped", "days": DAYS_FIRST}
    return Action(_("Make an audience"), f"{where}?{_written(rule)}")


def _written(rule: Json) -> str:
    return urlencode({"rules": json.dumps({"version": VERSION, "rules": {"all": [rule]}})})


@leads_to_people
def people_behind(request: HttpRequest, answer: Answer) -> Callable[[Row], Mapping[str, str]] | None:
    """Lead from the figures of the report to those known people whom they count.

    Only where rules can say the same: without filters, of people, and not parted.
    """
    question = answer.question
    is_plain = not question.filters and question.verdicts == "people" and len(answer.dimensions) == 1
    if answer.report.key != FUNNEL or not is_plain or question.guard is not None:
        return None
    if not sees_people() or not request.user.has_perm(SEE):
        return None
    kept = funnel_kept(question.site.id, str(question.params_for(answer.report)["funnel"]))
    try:
        where = reverse("zoco_audience_who")
    except NoReverseMatch:
        return None
    if kept is None or question.period.days > DAYS_MOST:
        return None
    began = {"since": str(question.period.first), "until": str(question.period.last)}

    def urls(row: Row) -> dict[str, str]:
        step = int(str(row.key["step"]).partition(".")[0])
        rules = {
            figure: {"leaf": FunnelLeaf.key, "funnel": kept.pk, "step": step, "how": how, **began}
            for figure, how in FIGURES.items()
            if row.values[figure]
        }
        return {figure: f"{where}?{_written(rule)}" for figure, rule in rules.items()}

    return urls
