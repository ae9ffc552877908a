"""The form of an alarm: what is watched is chosen from what there is."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.kit.choosing import Several
from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.pictures.labels import NAMES
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.said import gone_said, measure_said
from zoco.monitor.alarms.shown.before_said import care_said
from zoco.monitor.alarms.watched import EVENT, FUNNEL, GOAL, MEASURES, step_named
from zoco.monitor.funnels import Funnel
from zoco.monitor.segments import Segment

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Alarm]
else:
    _ModelForm = forms.ModelForm
Choices = list[tuple[str, Any]]


class AlarmForm(_ModelForm):
    """An alarm. Figures, goals and facts are listed; a kind that watches one thing alone takes that."""

    whole = forms.BooleanField(label=gettext_lazy("Watch the whole site from now on"), required=False)

    class Meta:
        model = Alarm
        fields = (
            "site", "kind", "measure", "segment", "minutes", "bound", "care", "is_on", "roles", "hook_url",
            "hook_secret",
        )  # fmt: skip
        field_classes = {"roles": Several}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        label = self.fields["measure"].label
        hint = _("What falls or rises. The other kinds of alarms watch what their name says.")
        self.fields["measure"] = forms.ChoiceField(
            choices=measures(self.instance.measure), required=False, label=label, help_text=hint
        )

        self.fields["care"].help_text = care_said(self.instance)
        self.fields["segment"] = OfSite(
            queryset=Segment.objects.select_related("site").order_by("site", "name", "id"),
            required=False,
            label=self.fields["segment"].label,
            help_text=self.fields["segment"].help_text,
            empty_label=_("none: the whole site"),
        )
        if not self.instance.has_lost_segment:
            del self.fields["whole"]
        else:
            self.fields["whole"].help_text = gone_said(self.instance)

    def clean(self) -> dict[str, Any]:
        """Refuse a goal of another site."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        site, measure = cleaned.get("site"), cleaned.get("measure", "")
        if site and measure.startswith(GOAL):
            names = {each.name for each in goals_of(site.pk)}
            if measure.removeprefix(GOAL) not in names:
                self.add_error("measure", _("The site has no goal of this name; choose one of its own."))
        if site and measure.startswith(FUNNEL):
            found = Funnel.objects.filter(site=site, pk=step_named(measure)[0])
            if not found.exists():
                self.add_error("measure", _("The site has no such funnel; choose one of its own."))
        if self.instance.has_lost_segment and not cleaned.get("segment"):
            if not cleaned.get("whole"):
                self.add_error("segment", gone_said(self.instance))
            else:
                self.instance.segment_name = ""
        elif not cleaned.get("segment"):
            self.instance.segment_name = ""
        return cleaned


class OfSite(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chooses a segment; each is named with its site."""

    def label_from_instance(self, segment: Segment) -> str:
        """Return its name."""
        return f"{segment.site}: {segment.name}"


def measures(kept: str) -> Choices:
    """Return what can be watched, in groups; `kept` is what an alarm watches already."""
    goals = {each.name: None for site in sitebook.sites() for each in goals_of(site.id)}
    groups: Choices = [
        (_("Figures"), [(key, each.label) for key, each in MEASURES.items()]),
        (_("Goals"), [(f"{GOAL}{name}", name) for name in goals]),
        (_("Steps of funnels"), _steps()),
        (_("Facts"), [(f"{EVENT}{name}", label) for name, label in NAMES.items()]),
    ]
    listed = {key for _label, choices in groups for key, _name in choices}
    if kept and kept not in listed:
        groups.insert(0, (_("As it is"), [(kept, measure_said(kept))]))
    return [(label, choices) for label, choices in groups if choices]


def _steps() -> list[tuple[str, str]]:
    """Return the steps of all funnels, each with its funnel."""
    return [
        (key := f"{FUNNEL}{funnel.pk}:{number}", measure_said(key))
        for funnel in Funnel.objects.order_by("site", "name", "id")
        for number in range(1, len(funnel.steps) + 1)
    ]
