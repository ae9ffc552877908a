"""The form of an alarm: what is watched is chosen from what there is."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from zoco.kit.choosing import Several
from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.pictures.labels import NAMES
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.said import measure_said
from zoco.monitor.alarms.watched import EVENT, GOAL, MEASURES

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Alarm]
else:
    _ModelForm = forms.ModelForm
Choices = list[tuple[str, Any]]


class AlarmForm(_ModelForm):
    """An alarm. Figures, goals and facts are listed; a kind that watches one thing alone takes that."""

    class Meta:
        model = Alarm
        fields = (
            "site", "kind", "measure", "minutes", "care", "is_on", "roles", "hook_url", "hook_secret",
        )  # fmt: skip
        field_classes = {"roles": Several}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        label = self.fields["measure"].label
        hint = _("What falls or rises. The other kinds of alarms watch what their name says.")
        self.fields["measure"] = forms.ChoiceField(
            choices=measures(self.instance.measure), required=False, label=label, help_text=hint
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a goal of another site."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        site, measure = cleaned.get("site"), cleaned.get("measure", "")
        if site and measure.startswith(GOAL):
            names = {each.name for each in goals_of(site.pk)}
            if measure.removeprefix(GOAL) not in names:
                self.add_error("measure", _("The site has no goal of this name; choose one of its own."))
        return cleaned


def measures(kept: str) -> Choices:
    """Return what can be watched, in groups; `kept` is what an alarm watches already."""
    goals = {each.name: None for site in sitebook.sites() for each in goals_of(site.id)}
    groups: Choices = [
        (_("Figures"), [(key, each.label) for key, each in MEASURES.items()]),
        (_("Goals"), [(f"{GOAL}{name}", name) for name in goals]),
        (_("Facts"), [(f"{EVENT}{name}", label) for name, label in NAMES.items()]),
    ]
    listed = {key for _label, choices in groups for key, _name in choices}
    if kept and kept not in listed:
        groups.insert(0, (_("As it is"), [(kept, measure_said(kept))]))
    return [(label, choices) for label, choices in groups if choices]
