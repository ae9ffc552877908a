"""The form of a schedule, filled in from the page that somebody wants to get again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils.translation import gettext as _

from zoco.kit import staff_mail
from zoco.kit.choosing import Several
from zoco.kit.periods import PeriodUnreadable
from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.filters import FilterWrong, filters_write
from zoco.ledger.asking.question import Question, QuestionWrong
from zoco.ledger.report import ParameterWrong
from zoco.ledger.sitebook import SiteUnknown
from zoco.monitor.schedules.asked import report_of, rights_of, title_of
from zoco.monitor.schedules.models import Schedule
from zoco.monitor.segments import Segment
from zoco.sites.access.reads import seeing

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    _ModelForm = forms.ModelForm[Schedule]
else:
    _ModelForm = forms.ModelForm

FIELDS = (
    "name", "segment", "period", "compare", "every", "weekday", "month_day", "hour", "receivers", "has_pdf",
    "hook_url", "hook_secret",
)  # fmt: skip
# What somebody who may only have reports sent to himself does not fill in.
OF_OTHERS = ("receivers", "hook_url", "hook_secret")
UNREADABLE = (QuestionWrong, FilterWrong, PeriodUnreadable, SiteUnknown, ParameterWrong, PlugUnknown)
KINDS = {"report": Schedule.Kind.REPORT, "board": Schedule.Kind.OVERVIEW}


class ScheduleForm(_ModelForm):
    """A new schedule takes site, report, filters and choices from `asked`, the query of a page."""

    asked_for = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Schedule
        fields = FIELDS
        widgets = {"receivers": forms.CheckboxSelectMultiple}
        field_classes = {"receivers": Several}

    def __init__(self, *args: Any, query: QueryDict, may_all: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.is_read = True
        if not self.instance.pk:
            asked = QueryDict(self.data.get("asked_for", "")) if self.is_bound else query
            self.initial["asked_for"] = asked.urlencode()
            self.is_read = _taken(self.instance, asked)
        if self.is_read and not self.instance.name:
            self.initial["name"] = title_of(self.instance)
        self.fields["segment"].queryset = Segment.objects.filter(site=self.instance.site_id)  # type: ignore[attr-defined]
        if may_all:
            self.fields["receivers"].queryset = _readers(self.instance)  # type: ignore[attr-defined]
        else:
            for name in OF_OTHERS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse a page that cannot be read, and a schedule that goes to nobody."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.is_read:
            raise forms.ValidationError(_("The page cannot be read. Begin again from a report."))
        if "receivers" in self.fields and not cleaned.get("receivers") and not cleaned.get("hook_url"):
            self.add_error("receivers", _("Choose who gets it, or give a web hook."))
        return cleaned


def _readers(schedule: Schedule) -> Any:
    """Return the accounts that may get a report of its site."""
    everybody = get_user_model().objects.filter(is_active=True)
    try:
        rights = rights_of(schedule)
    except PlugUnknown:
        return everybody.none()
    seen = seeing(everybody, schedule.site_id or 0)
    keys = [each.pk for each in seen if all(staff_mail.may_get(each, right) for right in rights)]
    return everybody.filter(pk__in=keys).order_by("username", "pk")


def _taken(schedule: Schedule, asked: QueryDict) -> bool:
    """Take over what a page is about; say whether it could be read."""
    query = asked.copy()
    word = next((word for word in KINDS if word in query), "")
    if not word:
        return False
    schedule.kind, schedule.key = KINDS[word], str(query.pop(word)[-1])
    for key in ("period", "page", "size"):
        query.pop(key, None)
    try:
        question = Question.from_address(query, report=report_of(schedule))
    except UNREADABLE:
        return False
    schedule.site_id = question.site.id
    schedule.filters = filters_write(question.filters)
    schedule.verdicts, schedule.compare = question.verdicts, question.compare
    schedule.asked = {**question.params, **({"order": question.order} if question.order else {})}
    return True


def receivers_of(form: ScheduleForm, user: User) -> list[int]:
    """Return who gets it: those chosen, or only whoever may choose nobody else."""
    if "receivers" in form.fields:
        return [each.pk for each in form.cleaned_data["receivers"]]
    form.instance.hook_url = ""
    return [user.pk]
