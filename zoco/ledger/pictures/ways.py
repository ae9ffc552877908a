"""A funnel as bars below each other: how many came to each step, and what share went on from there."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.bars import bar


@dataclass(frozen=True, slots=True)
class Stage:
    """One step. `went_on` says how many of the step before came here, `note` who may still come."""

    name: str
    bar: SafeString
    count: str
    went_on: str
    note: str


def stages(answer: Answer) -> list[Stage]:
    """Return the steps of a report with columns step, people, rate, not_yet; none where it is parted."""
    if answer.report.picture != "steps" or len(answer.dimensions) != 1:
        return []
    rows = sorted(answer.rows, key=lambda row: str(row.key["step"]))
    most = max((float(row.values["people"] or 0) for row in rows), default=0.0)
    waiting = [int(row.values["not_yet"] or 0) for row in rows]
    return [
        Stage(
            name=str(row.key["step"]),
            bar=bar(float(row.values["people"] or 0), most),
            count=formats.count(int(row.values["people"] or 0)),
            went_on=_went_on(row.values["rate"]),
            note=_may_come(before),
        )
        for row, before in zip(rows, [0, *waiting], strict=False)
    ]


def _went_on(rate: object) -> str:
    if rate is None:
        return ""
    return _("%(share)s went on") % {"share": formats.percent(float(str(rate)))}


def _may_come(waiting: int) -> str:
    """Say how many stand at the step before and may still come."""
    return (
        _("%(number)s more may still come: their time is not up") % {"number": formats.count(waiting)}
        if waiting
        else ""
    )
