"""The form of a goal: what each kind asks for, and conditions one a line."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zoco.ledger import sitebook
from zoco.ledger.asking.goals import PropCondition, goal_renamed
from zoco.monitor.conditions import ConditionUnreadable, conditions_read, conditions_write
from zoco.monitor.models import Goal

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Goal]
else:
    _ModelForm = forms.ModelForm

# What each kind asks for.
FIELDS: dict[str, tuple[str, ...]] = {
    Goal.Kind.PAGE: ("pattern",),
    Goal.Kind.EVENT: ("event", "written"),
    Goal.Kind.FORM: ("event",),
    Goal.Kind.REVENUE: ("event", "amount"),
    Goal.Kind.ENGAGEMENT: ("seconds", "views"),
}
OWN = ("pattern", "event", "written", "seconds", "views", "amount")


class GoalForm(_ModelForm):
    """A goal. What its kind does not ask for is emptied."""

    written = forms.CharField(
        label=_("Properties"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One condition a line, all must hold: plan = gold, seats > 4. Also != and ~ (contains)."),
    )

    class Meta:
        model = Goal
        fields = ("site", "name", "kind", "pattern", "event", "written", "seconds", "views", "amount")

    class Media:
        js = ("zoco/ledger/kinds.js",)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.instance.pk and "site" not in self.initial:
            self.initial["site"] = next((site.id for site in sitebook.sites()), None)
        kept = [PropCondition(*each) for each in self.instance.conditions]
        self.initial["written"] = conditions_write(kept)
        for name in OWN:
            kinds = " ".join(kind for kind, names in FIELDS.items() if name in names)
            self.fields[name].widget.attrs["data-z-kinds"] = kinds
            self.fields[name].required = False

    def clean_written(self) -> list[PropCondition]:
        """Return the conditions. Raises ValidationError for a line that is none."""
        try:
            return conditions_read(self.cleaned_data["written"])
        except ConditionUnreadable as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Empty what the kind does not ask for; the model says what it needs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", "")
        for name in OWN:
            if name not in FIELDS.get(kind, OWN):
                self.errors.pop(name, None)
            elif name in self.errors or cleaned.get(name) is not None:
                continue
            cleaned[name] = [] if name == "written" else getattr(Goal(), name)
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> Goal:
        """Save the goal with its conditions; what goes by it follows a new name.

        To another site they do not follow: what they show is of theirs. They say that their goal is gone.
        """
        was = Goal.objects.filter(pk=self.instance.pk).first()
        if was and was.site_id == self.instance.site_id and was.name != self.instance.name:
            goal_renamed(site=was.site_id, was=was.name, now=self.instance.name)
        conditions = self.cleaned_data["written"]
        self.instance.conditions = [[each.prop, each.comparison, each.value] for each in conditions]
        return super().save(commit=commit)
