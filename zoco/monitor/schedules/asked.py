"""The question of a schedule at one of its moments, and its answer as a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zoco.ledger import sitebook
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.sheets.asked import overview_asked, report_asked
from zoco.ledger.pictures.sheets.sheet import Sheet
from zoco.ledger.report import Report, report_named
from zoco.ledger.views.controls import filters_said
from zoco.ledger.views.dashboards import dashboard_named
from zoco.monitor.schedules.models import Schedule
from zoco.monitor.schedules.services import SEE_REPORTS
from zoco.monitor.schedules.slots import period_of

if TYPE_CHECKING:
    from zoco.ledger.asking.answer import Answer
    from zoco.ledger.store.base import Store


class SegmentGone(LookupError):
    """The segment that a schedule is about was deleted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sheet with the answer of its first report, where the page of it is, and its filters in words."""

    sheet: Sheet
    answer: Answer
    question: Question
    url: str
    filters: str


def report_of(schedule: Schedule) -> Report:
    """Return the report, of an overview its head. Raises PlugUnknown."""
    if schedule.kind == Schedule.Kind.OVERVIEW:
        return report_named(dashboard_named(schedule.key).head)
    return report_named(schedule.key)


def rights_of(schedule: Schedule) -> tuple[str, ...]:
    """Return the permissions that a reader of it needs. Raises PlugUnknown."""
    own = report_of(schedule).permission
    return (SEE_REPORTS, own) if own else (SEE_REPORTS,)


def title_of(schedule: Schedule) -> str:
    """Return the name of what is sent. Raises PlugUnknown."""
    if schedule.kind == Schedule.Kind.OVERVIEW:
        return str(dashboard_named(schedule.key).label)
    return str(report_named(schedule.key).label)


def question_of(schedule: Schedule, due_at: datetime) -> Question:
    """Return what is asked at a moment. Raises what reading an address raises, and SegmentGone."""
    filters, verdicts = schedule.filters, schedule.verdicts
    if schedule.segment_name:
        if schedule.segment is None:
            words = _("The segment %(name)s is gone; choose another one, or none.")
            raise SegmentGone(words % {"name": schedule.segment_name})
        filters, verdicts = schedule.segment.filters, schedule.segment.verdicts
    site = sitebook.site(schedule.site.slug)
    period = period_of(schedule.period, due_at, site.zone, site.week_start)
    address: Mapping[str, str | Sequence[str]] = {
        **schedule.asked,
        **filters,
        "site": site.slug,
        "period": str(period),
        "compare": schedule.compare,
        "verdicts": verdicts,
    }
    return Question.from_address(address, report=report_of(schedule), now=due_at)


def ask(schedule: Schedule, due_at: datetime, *, now: datetime, store: Store | None = None) -> Asked:
    """Ask the ledger. Raises also what asking raises."""
    question = question_of(schedule, due_at)
    said = filters_said(question)
    if schedule.segment is not None:
        said = f"{schedule.segment.name} ({said})" if said else schedule.segment.name
    if schedule.kind == Schedule.Kind.OVERVIEW:
        dashboard = dashboard_named(schedule.key)
        sheet, answer = overview_asked(dashboard, question, filters=said, now=now, store=store)
    else:
        sheet, answer = report_asked(report_of(schedule), question, filters=said, now=now, store=store)
    return Asked(sheet, answer, question, _page(schedule, question), said or _("none"))


def _page(schedule: Schedule, question: Question) -> str:
    """Return the address of the page, as it is outside: in the admin where there is one."""
    asked = urlencode(question.to_address(), doseq=True, safe="/:.,")
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "")
    try:
        return f"{base}{reverse(f'zoco_desk:{schedule.kind}', args=[schedule.key])}?{asked}"
    except NoReverseMatch:
        return f"{base}{reverse(f'zoco_ledger:{schedule.kind}', args=[schedule.key])}?{asked}"
