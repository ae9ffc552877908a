"""The editor's forms: the trial itself, its arms, its metrics. Lines that are left empty are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.kit.editors.lines import LineForm, lines_of
from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of_facts
from zoco.sites.forms import OfSite
from zoco.trials.designs import ARMS_MOST, METRICS_MOST, SUMMED, ArmPlan, Metric
from zoco.trials.models import Trial
from zoco.trials.screens.said import KINDS, ROLES
from zoco.trials.services import FIELDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Trial]
else:
    _ModelForm = forms.ModelForm


ASKED_OF = {
    "goal": "proportion mean ratio revenue quantile",
    "per": "ratio",
    "of_amount": " ".join(SUMMED),
    "quantile": "revenue quantile",
    "from_day": "retention",
}
"""Of which kinds of metrics a field asks; of others it is hidden, and what stands in it does not count."""


def by_kind(form: forms.Form, quantile: str = "quantile") -> None:
    """Mark fields with the kinds of metrics that they are of, for `kinds.js`; `quantile` names that field.

    What was sent of a field that the chosen kind does not ask for is what the field begins with: else it
    would count, or refuse the form for what nobody sees.
    """
    sent: Any = form.data.copy() if form.is_bound else {}  # type: ignore[attr-defined]
    chosen = sent.get(form.add_prefix("kind"))
    for asked, kinds in ASKED_OF.items():
        name = quantile if asked == "quantile" else asked
        form.fields[name].widget.attrs["data-z-kinds"] = kinds
        if chosen in KINDS and chosen not in kinds.split():
            first = form.base_fields[name].initial
            sent[form.add_prefix(name)] = "" if first is None else str(first)
    form.data = sent


class TrialForm(OfSite, _ModelForm):
    """What a trial is, but for its arms and metrics."""

    class Meta:
        model = Trial
        fields = ("site", "name", "key", *FIELDS[1:])
        widgets = {
            "hypothesis": forms.Textarea(attrs={"rows": 3}),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


DRAWN_IN = gettext_lazy(
    "At 0.99 the one in a hundred who pays most counts as much as the next below, so that a single huge "
    "order decides nothing. As a quantile, 0.5 is the median."
)


class ArmForm(LineForm):
    """A line: an arm."""

    legend = gettext_lazy("Arm %(number)s")

    key = forms.CharField(label=pgettext_lazy("arm", "Key"), max_length=40)
    name = forms.CharField(label=pgettext_lazy("arm", "Name"), max_length=80, required=False)
    weight = forms.FloatField(
        label=gettext_lazy("Weight"), min_value=0.001, max_value=1_000, initial=1, localize=False
    )
    value = forms.CharField(
        label=pgettext_lazy("arm", "Value for programs"), max_length=1_000, required=False
    )

    def arm(self) -> ArmPlan:
        """Return what was given."""
        return ArmPlan(**{name: self.cleaned_data[name] for name in ("key", "name", "weight", "value")})


class MetricForm(LineForm):
    """A line: a metric."""

    legend = gettext_lazy("Metric %(number)s")

    name = forms.CharField(label=pgettext_lazy("metric", "Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=tuple(KINDS.items()))
    role = forms.ChoiceField(
        label=pgettext_lazy("metric", "Part"), choices=tuple(ROLES.items()), initial="secondary"
    )
    goal = forms.ChoiceField(label=pgettext_lazy("metric", "Goal"), required=False)
    per = forms.ChoiceField(label=gettext_lazy("For each (ratio)"), required=False)
    of_amount = forms.BooleanField(
        label=gettext_lazy("Sum money before refunds, do not count"), required=False
    )
    share = forms.FloatField(
        label=gettext_lazy("Quantile, or where revenue is drawn in"),
        min_value=0.01,
        max_value=0.9999,
        initial=0.99,
        localize=False,
        help_text=DRAWN_IN,
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Days after exposure"), min_value=1, max_value=90, initial=1
    )
    from_day = forms.IntegerField(
        label=gettext_lazy("Comes back from day"), min_value=0, max_value=89, initial=1
    )
    is_higher_better = forms.BooleanField(label=gettext_lazy("More is better"), required=False, initial=True)

    def __init__(self, *args: Any, site: int = 0, **more: Any) -> None:
        super().__init__(*args, **more)
        by_kind(self, "share")
        ids = [site] if site else [each.id for each in sitebook.sites()]
        names = dict.fromkeys(goal.name for each in ids for goal in goals_of_facts(each))
        choices = [("", _("None")), *((name, name) for name in names)]
        for field in ("goal", "per"):
            kept = self.initial.get(field)
            extra = [(kept, kept)] if kept and kept not in names else []
            self.fields[field].choices = [*choices, *extra]  # type: ignore[attr-defined]

    def metric(self) -> Metric:
        """Return what was given."""
        return Metric(**{name: self.cleaned_data[name] for name in self.fields})


Arms = lines_of(ArmForm, least=2, most=ARMS_MOST)
Metrics = lines_of(MetricForm, least=1, most=METRICS_MOST)
ARMS_FIRST = ({"key": "control", "weight": 1}, {"key": "b", "weight": 1})
