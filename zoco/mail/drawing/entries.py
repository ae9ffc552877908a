"""Forms of what lets people in, and of a journey itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zoco.consent.signup.models import Form
from zoco.mail.journeys.models import Journey
from zoco.people.models import Attribute, Audience


class JourneyForm(forms.ModelForm[Journey]):
    """What a journey is called and wants."""

    class Meta:
        model = Journey
        fields = ("name", "goal", "is_left_at_goal", "held_out", "again_days")


class EntryForm(forms.Form):
    """One thing that lets people in."""

    kind = forms.ChoiceField(
        label=_("People come in by"),
        choices=[
            ("fact", _("something that happens")),
            ("form", _("a form by which they sign up")),
            ("audience", _("an audience that they enter")),
            ("date", _("a day that is known of them")),
            ("program", _("a program")),
        ],
    )
    fact = forms.CharField(label=_("What happens"), required=False, max_length=120)
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
    days = forms.IntegerField(
        label=_("Days later"), initial=0, required=False, help_text=_("Below 0: so many days before.")
    )
    hour = forms.IntegerField(
        label=_("Hour of the day"), initial=9, min_value=0, max_value=23, required=False
    )

    def entry(self) -> dict[str, Any]:
        """Return it as it is kept, unchecked."""
        data = self.cleaned_data
        match data["kind"]:
            case "fact":
                return {"kind": "fact", "fact": data["fact"]}
            case "form":
                return {"kind": "form", "key": data["form"].key if data["form"] else ""}
            case "audience":
                return {"kind": "audience", "key": data["audience"].pk if data["audience"] else 0}
            case "date":
                key = data["day"].key if data["day"] else ""
                return {"kind": "date", "key": key, "days": data["days"] or 0, "hour": data["hour"] or 0}
        return {"kind": "program"}
