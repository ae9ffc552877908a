"""What a page says when there is nothing to show: what would be here, why it is not, the one thing to do."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zoco.kit.commands import program
from zoco.kit.periods import Period
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.question import VERDICT_GROUPS, Question
from zoco.ledger.asking.relative import facts_span
from zoco.ledger.pictures import formats
from zoco.ledger.report import Missing
from zoco.ledger.views.address import Address
from zoco.ledger.views.controls import chip


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Words, a command where one helps, and links of which the first is the next step."""

    title: str
    words: str
    command: str
    links: list[tuple[str, str]]


def emptiness(answer: Answer, address: Address, today: date, line: str, check: str = "") -> Emptiness:
    """Say why an answer is empty; `line` is the tracker's, `check` where the reader can look whether it is
    in the pages. Asks the ledger once more.
    """
    question = answer.question
    missing = answer.report.missing(question.site)
    if missing is not None:
        return not_set_up(missing)
    span = facts_span(question.site)
    if span is None:
        return nothing_yet(question, line, check)
    if span[1] < question.period.first or span[0] > min(question.period.last, today):
        return _other_period(question, span, address, today)
    if question.filters:
        return _filtered_out(question, address)
    if answer.report.nothing:
        title, words = answer.report.nothing
        return Emptiness(str(title), str(words), "", [])
    if answer.facts_left_out and not answer.facts_used:
        return _left_out(answer, address)
    everybody = [(_("Show all"), address.changed(verdicts="all"))] if answer.facts_left_out else []
    if not answer.facts_used and question.site.counting == "tracker":
        return _not_tracked(question, span, line, check)
    words = _("There are facts in these days, but none that this report counts.")
    return Emptiness(_("Nothing of this kind"), words, "", everybody)


def nothing_yet(question: Question, line: str, check: str = "") -> Emptiness:
    """Say that the site has no facts, and how to get some."""
    if question.site.counting == "tracker":
        return Emptiness(
            _("No visits yet"),
            _("Put this line into the pages of your site, and visits appear here within seconds:"),
            line,
            _to_check(check),
        )
    return Emptiness(
        _("No visits yet"),
        _("Import a log of your web server, and its visits appear here. Run this where Zoco runs:"),
        f"{program()} import log --site {question.site.slug} /var/log/nginx/access.log",
        [],
    )


def _to_check(check: str) -> list[tuple[str, str]]:
    return [(_("Copy the line, check the installation"), check)] if check else []


def not_set_up(missing: Missing) -> Emptiness:
    """Say what a report lacks; there is a link where this installation has the page for it."""
    try:
        links = [(str(missing.label), reverse(missing.page))]
    except NoReverseMatch:
        links = []
    return Emptiness(str(missing.title), str(missing.words), "", links)


def _left_out(answer: Answer, address: Address) -> Emptiness:
    """Say that nobody of those who are counted came, and lead to the others: the switch "who counts"."""
    bots = [verdict for verdict in answer.facts_left_out if verdict in VERDICT_GROUPS["bots"]]
    links = [(_("Show all"), address.changed(verdicts="all"))]
    if bots:
        links.insert(0, (_("Show bots"), address.changed(verdicts="bots")))
    if len(bots) < len(answer.facts_left_out):
        words = _("Only bots and others came; they are left out here.")
        return Emptiness(_("Nobody came"), words, "", links)
    words = _("No person came in these days. Bots did; they are left out until you choose to count them.")
    return Emptiness(_("Only bots came"), words, "", links[:1])


def _not_tracked(question: Question, span: tuple[date, date], line: str, check: str) -> Emptiness:
    """Say that the tracker counts here and sent nothing: a log was imported, most likely."""
    return Emptiness(
        _("No page view of the tracker"),
        _(
            "This site counts the page views of its tracker, and there are none in these days. Put its line "
            "into your pages. If you imported the log of your web server instead, run the command where Zoco "
            "runs; no fact is lost:"
        ),
        f"{line}\n\n{program()} site count {question.site.slug} log --since {span[0]}",
        _to_check(check),
    )


def _other_period(question: Question, span: tuple[date, date], address: Address, today: date) -> Emptiness:
    length = timedelta(days=question.period.days - 1)
    if span[0] > question.period.last:
        near = Period(span[0], max(span[0], min(span[0] + length, today)), question.period.zone)
    else:
        last = max(span[0], min(span[1], today))
        near = Period(last - length, last, question.period.zone)
    known = formats.span(*span)
    shown = formats.span(question.period.first, question.period.last)
    words = _("Go to %(period)s") % {"period": formats.span(near.first, near.last)}
    return Emptiness(
        _("No visits: %(period)s") % {"period": shown},
        _("There are facts for %(period)s.") % {"period": known},
        "",
        [(words, address.changed(period=str(near)))] if near.last <= today else [],
    )


def _filtered_out(question: Question, address: Address) -> Emptiness:
    links = []
    for each in question.filters:
        shown = chip(each, address)
        words = _("Remove: %(column)s %(operator)s %(values)s") % {
            "column": shown.label,
            "operator": shown.operator,
            "values": shown.values,
        }
        links.append((words, shown.remove_url))
    if len(links) > 1:
        links.append((_("Remove all filters"), address.unfiltered(*question.filters)))
    return Emptiness(
        _("Nothing fits"), _("The filters leave nothing over in this period. Remove one."), "", links
    )
