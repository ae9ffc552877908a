"""The form of a segment, filled in from the page whose filters somebody wants to keep."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from zoco.kit.periods import PeriodUnreadable
from zoco.ledger.asking.filters import FilterWrong, filters_write
from zoco.ledger.asking.question import Question, QuestionWrong
from zoco.ledger.sitebook import SiteUnknown
from zoco.monitor.segment_said import segment_said
from zoco.monitor.segments import Segment

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Segment]
else:
    _ModelForm = forms.ModelForm
UNREADABLE = (QuestionWrong, FilterWrong, PeriodUnreadable, SiteUnknown)


class SegmentForm(_ModelForm):
    """A new segment takes site, filters and verdicts from `asked`, the query of a page; one that is there
    can be given another name.
    """

    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Segment
        fields = ("name", "asked")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            del self.fields["asked"]
        else:
            self._take(str(self.data.get("asked") or self.initial.get("asked") or ""))
        said = ", ".join(segment_said(self.instance)) if self.instance.filters else _unreadable()
        self.fields["name"].help_text = _("Filters: %(filters)s") % {"filters": said}

    def clean(self) -> dict[str, Any]:
        """Refuse a page without filters."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.filters:
            raise forms.ValidationError(_unreadable())
        return cleaned

    def _take(self, asked: str) -> None:
        """Take over what a page is about; what cannot be read leaves the segment without filters."""
        try:
            question = Question.from_address(QueryDict(asked))
        except UNREADABLE:
            return
        self.instance.site_id = question.site.id
        self.instance.filters = filters_write(question.filters)
        self.instance.verdicts = question.verdicts


def _unreadable() -> str:
    return _("none. Open a report, filter it, and press Save as segment.")
