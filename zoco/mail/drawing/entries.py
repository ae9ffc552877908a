"""Forms of what lets people in, and of a journey itself."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zoco.consent.signup.models import Form
from zoco.ledger.services import NAME
from zoco.mail.drawing.forms import fact_field
from zoco.mail.drawing.saying import ENTRIES
from zoco.mail.journeys.models import Journey
from zoco.people.models import Attribute, Audience

ASKED = {
    "fact": ("fact", "field", "value"),
    "form": ("form",),
    "audience": ("audience",),
    "date": ("day", "every", "days", "hour"),
}
"""The fields of each kind, what it cannot be without first."""


class JourneyForm(forms.ModelForm[Journey]):
    """What a journey is called and wants."""

    class Meta:
        model = Journey
        fields = ("name", "goal", "is_left_at_goal", "held_out", "again_days")
        widgets: ClassVar = {"goal": forms.TextInput(attrs={"list": "z-facts", "autocomplete": "off"})}

    def clean_goal(self) -> str:
        """Refuse what nobody ever reaches, for no fact is called so."""
        goal = str(self.cleaned_data["goal"]).strip()
        if goal and not NAME.fullmatch(goal):
            raise forms.ValidationError(gettext("A fact has a name such as shop.order.placed."))
        return goal


class EntryForm(forms.Form):
    """One thing that lets people in."""

    kind = forms.ChoiceField(
        label=_("People come in by"),
        choices=list(ENTRIES.items()),
    )
    fact = fact_field(label=_("What happens"), required=False)
    field = forms.CharField(
        label=_("Only where this property"),
        max_length=80,
        required=False,
        help_text=_("Such as campaign or subject, or one that your site sends along; left empty, always."),
    )
    value = forms.CharField(label=_("has this value"), max_length=200, required=False)
    form = forms.ModelChoiceField(
        label=_("Form"), queryset=Form.objects.order_by("name"), to_field_name="key", required=False
    )
    audience = forms.ModelChoiceField(
        label=_("Audience"), queryset=Audience.objects.order_by("name"), required=False
    )
    day = forms.ModelChoiceField(
        label=_("Day"),
        queryset=Attribute.objects.filter(kind=Attribute.Kind.DAY).order_by("label"),
        to_field_name="key",
        required=False,
    )
    every = forms.ChoiceField(
        label=_("Comes round"),
        choices=[("year", _("each year")), ("once", _("once, on the day itself"))],
        required=False,
    )
    days = forms.IntegerField(
        label=_("Days later"), initial=0, required=False, help_text=_("Below 0: so many days before.")
    )
    hour = forms.IntegerField(
        label=_("Hour of the day"), initial=9, min_value=0, max_value=23, required=False
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for kind, names in ASKED.items():
            for name in names:
                self.fields[name].widget.attrs["data-z-kinds"] = kind

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind needs, beside its own field."""
        found = super().clean() or {}
        wanted = ASKED.get(found.get("kind", ""), ("",))[0]
        if wanted and wanted not in self.errors and not found.get(wanted):
            self.add_error(wanted, self.fields[wanted].error_messages["required"])
        if wanted == "fact":
            one, other = ("field", "value") if found.get("value") else ("value", "field")
            if found.get(other) and not found.get(one):
                self.add_error(one, self.fields[one].error_messages["required"])
        return found

    def entry(self) -> dict[str, Any]:
        """Return it as it is kept, unchecked."""
        data = self.cleaned_data
        match data["kind"]:
            case "fact":
                one = {"field": data["field"], "how": "is", "value": data["value"]}
                return {"kind": "fact", "fact": data["fact"], "where": [one] if data["field"] else []}
            case "form":
                return {"kind": "form", "key": data["form"].key}
            case "audience":
                return {"kind": "audience", "key": data["audience"].pk}
            case "date":
                said = {"days": data["days"] or 0, "hour": data["hour"] or 0}
                return {"kind": "date", "key": data["day"].key, "every": data["every"] or "year", **said}
        return {"kind": "program"}
