"""The form of a shared link, filled in from the overview that somebody wants to share."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.kit.periods import PeriodUnreadable
from zoco.ledger.asking.filters import FilterWrong, filters_read, filters_write
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question, QuestionWrong, period_read
from zoco.ledger.sitebook import SiteUnknown
from zoco.ledger.views.dashboards import dashboards_all
from zoco.ledger.views.problems import said
from zoco.monitor.sharing.fixed import is_shown, period_said
from zoco.monitor.sharing.models import LEAST_GIVEN, LEAST_MOST
from zoco.monitor.sharing.services import Terms
from zoco.sites.models import Site

PERIODS = ("7d", "30d", "90d")
LAST_DAYS = 3_653
UNREADABLE = (QuestionWrong, FilterWrong, PeriodUnreadable, SiteUnknown)


class ShareForm(forms.Form):
    """`asked` carries filters and verdicts of the overview as they stood in its address."""

    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Who gets it and for what; readers do not see it."),
    )
    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"),
        queryset=Site.objects.order_by("id"),
        empty_label=None,
        to_field_name="slug",
    )
    board = forms.ChoiceField(label=gettext_lazy("Dashboard"))
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        help_text=gettext_lazy("A moving period goes on with the calendar, a fixed one stays as it is."),
    )
    may_change_period = forms.BooleanField(
        label=gettext_lazy("Readers may choose another period"), required=False, initial=True
    )
    may_filter = forms.BooleanField(
        label=gettext_lazy("Readers may filter by clicking a row"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Fixed period and no filters protect best: several answers put together can tell more than one."
        ),
    )
    least = forms.IntegerField(
        label=gettext_lazy("Fewest visitors"),
        min_value=0,
        max_value=LEAST_MOST,
        initial=LEAST_GIVEN,
        help_text=gettext_lazy("Rows with fewer visitors are not shown. 0 shows all."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave it empty to share until you revoke the link."),
    )

    def __init__(self, given: QueryDict | None, query: QueryDict) -> None:
        """Fill the form in from the query of an overview, or take what was `given`."""
        asked, lost = _readable(QueryDict(given.get("asked", "")) if given is not None else query)
        super().__init__(given, initial=_initial(asked))
        self.question = _question(asked)
        self.notes = _notes(lost, self.question)
        period = str(asked.get("period", ""))
        is_further = self.question is not None and period and period not in PERIODS
        periods = (*PERIODS, period) if is_further else PERIODS
        self.fields["period"].choices = [(each, period_said(each)) for each in periods]  # type: ignore[attr-defined]
        boards = [each for each in dashboards_all() if is_shown(each.key)]
        self.fields["board"].choices = [(each.key, each.label) for each in boards]  # type: ignore[attr-defined]

    def clean_expires_on(self) -> date | None:
        """Return the day. Raises ValidationError."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.now().date():
            raise forms.ValidationError(_("Choose today or a later day."))
        if day is not None and day > timezone.now().date() + timedelta(days=LAST_DAYS):
            raise forms.ValidationError(_("At most ten years ahead; leave it empty for a link without end."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse filters and verdicts that cannot be read."""
        cleaned = super().clean() or {}
        if self.question is None:
            raise forms.ValidationError(_unreadable())
        site = cleaned.get("site")
        if site is not None:
            try:
                filters_read(filters_write(self.question.filters), lambda: goals_of(site.pk))
            except FilterWrong as error:
                self.add_error("site", said(error))
        return cleaned

    def terms(self) -> Terms:
        """Return what the link is to show."""
        given, question = self.cleaned_data, self.question
        return Terms(
            board=given["board"],
            filters=filters_write(question.filters) if question else {},
            verdicts=question.verdicts if question else "people",
            period=given["period"],
            may_change_period=given["may_change_period"],
            may_filter=given["may_filter"],
            least=given["least"],
        )

    def expires_at(self) -> datetime | None:
        """Return the end of the last day."""
        day: date | None = self.cleaned_data["expires_on"]
        return None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)


def _readable(query: QueryDict) -> tuple[QueryDict, str]:
    """Return a query without a period that cannot be read, and that period; "" when it can."""
    period = str(query.get("period", ""))
    if not period:
        return query, ""
    try:
        period_read(period, "UTC", now=timezone.now())
    except PeriodUnreadable:
        kept = query.copy()
        kept.pop("period")
        return kept, period
    return query, ""


def _notes(lost: str, question: Question | None) -> list[str]:
    """Return what the form must say of the address that it was opened from."""
    notes = []
    if lost:
        words = _("The address names the period %(period)s, which cannot be read. Choose one below.")
        notes.append(words % {"period": lost})
    if question is None:
        notes.append(_unreadable())
    return notes


def _unreadable() -> str:
    return _("The filters cannot be read. Begin again from an overview.")


def _initial(query: QueryDict) -> dict[str, str]:
    kept = {key: str(query[key]) for key in ("site", "board", "period") if key in query}
    return {"period": "30d", "asked": query.urlencode(), **kept}


def _question(query: QueryDict) -> Question | None:
    kept = query.copy()
    kept.pop("board", None)
    try:
        return Question.from_address(kept)
    except UNREADABLE:
        return None
