"""Forms of steps, one a kind; that of messages stands by itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.channels.models import Account
from zoco.mail.drawing.base import StepForm
from zoco.mail.drawing.messaging import MessageForm
from zoco.mail.editing.models import Letter
from zoco.people.editing import TAG_LONGEST
from zoco.people.models import Attribute, Audience, Tag

UNITS = [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))]
DEEDS = [("add", pgettext_lazy("deed", "add")), ("remove", pgettext_lazy("deed", "take away"))]
WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
HOWS = [
    ("is", _("is")),
    ("is_not", _("is not")),
    ("contains", _("contains")),
    ("at_least", _("is at least")),
    ("at_most", _("is at most")),
    ("is_there", _("is known")),
]
OFS = [
    ("audience", _("is in an audience")),
    ("tag", _("has a tag")),
    ("attribute", _("a field of the person")),
    ("data", _("what the entry brought")),
    ("fact", _("something happened since")),
]


def fact_field(**more: Any) -> forms.CharField:
    """Return a field for the name of a fact, which suggests those that there are."""
    suggesting = forms.TextInput(attrs={"list": "z-facts", "autocomplete": "off"})
    return forms.CharField(max_length=120, widget=suggesting, **more)


class NothingForm(StepForm):
    """Of steps that ask for nothing."""


class WaitForm(StepForm):
    """How long."""

    kind = "wait"
    count = forms.IntegerField(label=_("How long"), min_value=1, initial=1)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, initial="days")


class HourForm(StepForm):
    """Which hour, on which days."""

    kind = "hour"
    hour = forms.IntegerField(label=_("Hour of the day"), min_value=0, max_value=23, initial=9)
    weekdays = forms.MultipleChoiceField(
        label=_("On"),
        choices=WEEKDAYS,
        initial=[key for key, _label in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
    )

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {
            "hour": self.cleaned_data["hour"],
            "weekdays": [int(each) for each in self.cleaned_data["weekdays"]],
        }


class FactForm(WaitForm):
    """What is waited for, and how long at most."""

    kind = "fact"
    fact = fact_field(label=_("What happens"), help_text=_("The name of a fact, such as shop.order.placed."))
    field_order = ("fact", "count", "unit")


class BranchForm(StepForm):
    """What is asked; only the fields that belong to it count."""

    kind = "branch"
    of = forms.ChoiceField(label=_("Question"), choices=OFS)
    audience = forms.ModelChoiceField(
        label=_("Audience"), queryset=Audience.objects.order_by("name"), required=False
    )
    tag = forms.ModelChoiceField(
        label=pgettext_lazy("step of a journey", "Tag"), queryset=Tag.objects.order_by("name"), required=False
    )
    field = forms.CharField(label=_("Field"), required=False, max_length=80)
    how = forms.ChoiceField(label=_("Compared"), choices=HOWS, required=False, initial="is")
    value = forms.CharField(label=_("With"), required=False, max_length=200)
    fact = fact_field(label=_("What happened"), required=False)

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        data, of = self.cleaned_data, self.cleaned_data["of"]
        if of in {"audience", "tag"}:
            chosen = data.get(of)
            return {"of": of, "key": chosen.pk if chosen else None}
        if of == "fact":
            return {"of": of, "fact": data["fact"]}
        return {"of": of, "key": data["field"], "how": data["how"] or "is", "value": data["value"]}

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show."""
        shown = dict(settings)
        of, key = shown.get("of"), shown.pop("key", None)
        shown[of if of in {"audience", "tag"} else "field"] = key
        return shown


class SplitForm(StepForm):
    """Up to five arms; an empty weight is none."""

    kind = "split"
    a = forms.FloatField(label=_("Share of a"), min_value=0, initial=50)
    b = forms.FloatField(label=_("Share of b"), min_value=0, initial=50)
    c = forms.FloatField(label=_("Share of c"), min_value=0, required=False)
    d = forms.FloatField(label=_("Share of d"), min_value=0, required=False)
    e = forms.FloatField(label=_("Share of e"), min_value=0, required=False)

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {"arms": {key: value for key, value in self.cleaned_data.items() if value is not None}}

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show."""
        return dict(settings.get("arms") or {})


class TagForm(StepForm):
    """Which tag."""

    kind = "tag"
    name = forms.CharField(label=pgettext_lazy("step of a journey", "Tag"), max_length=TAG_LONGEST)
    do = forms.ChoiceField(label=_("What is done"), choices=DEEDS)


class AudienceForm(StepForm):
    """Which audience."""

    kind = "audience"
    key = forms.ModelChoiceField(
        label=_("Audience"),
        queryset=Audience.objects.filter(kind=Audience.Kind.STATIC).order_by("name"),
        help_text=_("Only audiences that are kept by hand."),
    )
    do = forms.ChoiceField(label=_("What is done"), choices=DEEDS)

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {"key": self.cleaned_data["key"].pk, "do": self.cleaned_data["do"]}


class AttributeForm(StepForm):
    """Which attribute, and to what it is set."""

    kind = "attribute"
    key = forms.ModelChoiceField(
        label=_("Attribute"), queryset=Attribute.objects.order_by("label"), to_field_name="key"
    )
    value = forms.CharField(
        label=_("Value"), required=False, max_length=1_000, help_text=_("Left empty, it is taken away.")
    )

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {"key": self.cleaned_data["key"].key, "value": self.cleaned_data["value"]}


class LetterForm(StepForm):
    """Which letter."""

    kind = "letter"
    letter = forms.ModelChoiceField(
        label=pgettext_lazy("step of a journey", "Letter"),
        queryset=Letter.objects.filter(is_archived=False).order_by("name"),
    )

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {"letter": self.cleaned_data["letter"].pk}


class HookForm(StepForm):
    """Which program, and what it is told."""

    kind = "hook"
    account = forms.ModelChoiceField(
        label=_("Web hook"), queryset=Account.objects.filter(adapter="hook").order_by("name")
    )
    event = forms.CharField(
        label=_("Event"),
        max_length=120,
        help_text=_("Such as journey.basket.left."),
        initial="journey.step.reached",
    )

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        return {"account": self.cleaned_data["account"].pk, "event": self.cleaned_data["event"]}


FORMS: dict[str, type[StepForm]] = {
    each.kind: each
    for each in (
        WaitForm,
        HourForm,
        FactForm,
        BranchForm,
        SplitForm,
        TagForm,
        AudienceForm,
        AttributeForm,
        LetterForm,
        MessageForm,
        HookForm,
    )
}


def form_of(kind: str) -> type[StepForm]:
    """Return the form of a kind of step."""
    return FORMS.get(kind) or type("KindForm", (NothingForm,), {"kind": kind})
