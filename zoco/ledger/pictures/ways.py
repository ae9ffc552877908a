"""A funnel as bars below each other: how many came to each step, and what share went on from there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar


@dataclass(frozen=True, slots=True)
class Way:
    """A sentence between two steps, and where the people are listed of whom it tells, "" for nowhere."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step. `between` says what became of those of the step before: went on, stopped, may still come."""

    name: str
    bar: SafeString
    count: str
    url: str
    between: list[Way]


def _nowhere(_row: Row) -> Mapping[str, str]:
    return {}


def stages(answer: Answer, leads: Callable[[Row], Mapping[str, str]] = _nowhere) -> list[Stage]:
    """Return the steps of a report with columns step, people, rate, stopped, not_yet; none where it is
    parted. `leads` gives addresses of the people behind figures of a row, by the names of these.
    """
    if answer.report.picture != "steps" or len(answer.dimensions) != 1 or not answer.rows:
        return []
    rows = sorted(answer.rows, key=lambda row: str(row.key["step"]))
    most = max((_whole(row, "people") for row in rows), default=0)
    urls = [leads(row) for row in rows]
    between: list[list[Way]] = [[]]
    between += [
        _between(before, after, lead) for before, after, lead in zip(rows, rows[1:], urls, strict=False)
    ]
    return [
        Stage(
            name=str(row.key["step"]),
            bar=bar(_whole(row, "people"), most),
            count=formats.count(_whole(row, "people")),
            url=lead.get("people", ""),
            between=ways,
        )
        for row, lead, ways in zip(rows, urls, between, strict=True)
    ]


def _between(before: Row, after: Row, lead: Mapping[str, str]) -> list[Way]:
    ways = []
    if (rate := after.values["rate"]) is not None:
        ways.append(Way(_("%(share)s went on") % {"share": formats.percent(float(rate))}))
    if stopped := _whole(before, "stopped"):
        words = ngettext("%(number)s stopped here", "%(number)s stopped here", stopped)
        ways.append(Way(words % {"number": formats.count(stopped)}, lead.get("stopped", "")))
    if waiting := _whole(before, "not_yet"):
        words = _("%(number)s more may still come: their time is not up")
        ways.append(Way(words % {"number": formats.count(waiting)}, lead.get("not_yet", "")))
    return ways


def _whole(row: Row, name: str) -> int:
    return int(row.values[name] or 0)
