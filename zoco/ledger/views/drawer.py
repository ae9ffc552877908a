"""The drawer "How is this computed": definition, data used, method, query, API call, command line."""

import shlex
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.filters import filters_write
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.explained import Explained, explained
from zoco.ledger.pictures.labels import VERDICTS
from zoco.ledger.views.address import Address


@dataclass(frozen=True, slots=True)
class Drawer:
    """Everything in the drawer, ready to be written down."""

    explained: Explained
    question: str
    facts: str
    facts_url: str
    drawn_from: str
    newest: str
    left_out: str
    left_out_url: str
    sql: str
    api: str
    command: str


def drawer(answer: Answer, address: Address, *, can_view_facts: bool) -> Drawer:
    """Prepare the drawer of an answer. The links to facts are empty for a reader who may not see them."""
    facts = address.shared(report=answer.report.key)
    others = address.shared(report=answer.report.key, verdicts=",".join(answer.facts_left_out) or "bots")
    return Drawer(
        explained=explained(answer),
        question=str(answer.report.question),
        facts=formats.count(answer.facts_used),
        facts_url=address.to("facts", query=facts) if can_view_facts else "",
        drawn_from=_drawn_from(answer),
        newest=_newest(answer),
        left_out=_left_out(answer),
        left_out_url=address.to("facts", query=others) if can_view_facts and answer.facts_left_out else "",
        sql=answer.sql,
        api=api_call(answer),
        command=command_line(answer),
    )


def _drawn_from(answer: Answer) -> str:
    """Say how many facts there were, and how long they took where that can be felt."""
    number = answer.facts_used
    values = {"facts": formats.count(number), "took": formats.length(answer.seconds)}
    if answer.seconds < 0.05:
        return ngettext("Drawn from %(facts)s fact", "Drawn from %(facts)s facts", number) % values
    return (
        ngettext("Drawn from %(facts)s fact in %(took)s", "Drawn from %(facts)s facts in %(took)s", number)
        % values
    )


def _newest(answer: Answer) -> str:
    if answer.newest_at is None:
        return _("none in this period")
    return formats.moment(answer.newest_at.astimezone(ZoneInfo(answer.question.site.zone)), seconds=True)


def _left_out(answer: Answer) -> str:
    """Say what was left out by verdict: "31,220 declared bot, 840 own staff"."""
    parts = [
        _("%(verdict)s: %(number)s")
        % {"verdict": VERDICTS.get(verdict, verdict), "number": formats.count(number)}
        for verdict, number in sorted(answer.facts_left_out.items(), key=lambda each: -each[1])
    ]
    return "; ".join(parts) or _("nothing")


def api_call(answer: Answer) -> str:
    """Return the address of the same answer in the API."""
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for key, values in answer.question.to_address().items():
        query.setlist(key, list(values))
    return f"/api/v1/reports/{answer.report.key}?{query.urlencode(safe='/:.,')}"


def command_line(answer: Answer) -> str:
    """Return the command that gives the same answer."""
    question = answer.question
    words = [
        "zoco",
        "report",
        answer.report.key,
        "--site",
        question.site.slug,
        "--period",
        str(question.period),
    ]
    for flag, value, default in (
        ("--compare", question.compare, "before"),
        ("--verdicts", question.verdicts, "people"),
        ("--order", question.order, ""),
    ):
        if value != default:
            words.append(f"{flag}={value}")
    for name, value in question.params.items():
        words += ["--param", f"{name}={value}"]
    for key, values in filters_write(question.filters).items():
        for value in values:
            words += ["--filter", f"{key.removeprefix('f.')}={value}"]
    return shlex.join([*words, "--format", "csv"])
