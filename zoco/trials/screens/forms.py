"""The editor's forms: the trial itself, its arms, its metrics. Lines that are left empty are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of_facts
from zoco.trials.designs import ARMS_MOST, METRICS_MOST, ArmPlan, Metric
from zoco.trials.models import Trial
from zoco.trials.screens.said import KINDS, ROLES
from zoco.trials.services import FIELDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Trial]
else:
    _ModelForm = forms.ModelForm


class TrialForm(_ModelForm):
    """What a trial is, but for its arms and metrics."""

    class Meta:
        model = Trial
        fields = ("site", "name", "key", *FIELDS[1:])
        widgets = {
            "hypothesis": forms.Textarea(attrs={"rows": 3}),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            self.fields["site"].disabled = self.fields["key"].disabled = True
        elif "site" not in self.initial:
            self.initial["site"] = next((site.id for site in sitebook.sites()), None)


class ArmForm(forms.Form):
    """A line: an arm."""

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


class MetricForm(forms.Form):
    """A line: a metric."""

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


class _Lines(forms.BaseFormSet[Any]):
    """Lines, of which those without a name or key are none."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "use_required_attribute": False}

    def add_fields(self, form: Any, index: int | None) -> None:
        """Ask for nothing in a line that may stay empty and is."""
        super().add_fields(form, index)
        first = next(iter(form.fields))
        given = form.data.get(form.add_prefix(first), "") if self.is_bound else form.initial.get(first, "")
        if index is not None and index >= self.min_num and not (given or "").strip():
            for field in form.fields.values():
                field.required = False


Arms = forms.formset_factory(
    ArmForm, formset=_Lines, extra=0, min_num=2, max_num=ARMS_MOST, absolute_max=ARMS_MOST
)
Metrics = forms.formset_factory(
    MetricForm, formset=_Lines, extra=0, min_num=1, max_num=METRICS_MOST, absolute_max=METRICS_MOST
)
ARMS_FIRST = ({"key": "control", "weight": 1}, {"key": "b", "weight": 1})
