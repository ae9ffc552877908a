"""Forms of topics, rules and suppressed addresses."""

from itertools import count
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.consent.models import Choice, Rule, Suppression, Topic
from zoco.consent.screens.tongues import texts_add, texts_given
from zoco.kit.slugs import slug_of

if TYPE_CHECKING:
    _TopicForm = forms.ModelForm[Topic]
    _RuleForm = forms.ModelForm[Rule]
else:
    _TopicForm = _RuleForm = forms.ModelForm
WEEKDAYS = (
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
)
REASON_LONGEST = 200
WORDS, WORDS_NAMED = {"label": 80, "note": 200}, "{name}_{code}"
"""What each language may say of a topic, and how long it may be."""


def key_made(model: type[models.Model], name: str) -> str:
    """Return a key out of a name that no other row of this table has."""
    bare = slug_of(name, longest=34).replace("_", "-")
    bare = bare if bare[0].isalpha() else f"n-{bare}"
    taken = set(model._default_manager.filter(key__startswith=bare).values_list("key", flat=True))
    others = (f"{bare}-{number}" for number in count(2))
    return bare if bare not in taken else next(each for each in others if each not in taken)


class TopicForm(_TopicForm):
    """A topic: as everybody reads it, and as the languages say it that have words of their own."""

    class Meta:
        model = Topic
        fields = ("label", "note", "key", "position", "is_confirmed", "is_public")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.fields["key"].help_text = gettext_lazy(
            "As letters, journeys and programs call it; it stays. Left empty, one is made of the name."
        )
        self.fields["key"].required = False
        if self.instance.pk:
            self.fields["key"].disabled = True
        labels = {name: self.fields[name].label for name in WORDS}
        texts_add(self, labels, WORDS, self.instance.words, named=WORDS_NAMED)

    def clean_key(self) -> str:
        """Return the key, made of the label where none was given."""
        return self.cleaned_data["key"] or key_made(Topic, self.cleaned_data.get("label", ""))

    def save(self, commit: bool = True) -> Topic:
        """Save it with its words."""
        self.instance.words = texts_given(self.cleaned_data, WORDS, named=WORDS_NAMED)
        saved: Topic = super().save(commit=commit)
        return saved


class TimeInput(forms.TimeInput):
    """A time of day as browsers ask for it."""

    input_type = "time"


class RuleForm(_RuleForm):
    """How often and when people get messages of a purpose."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": gettext_lazy("Choose a day at least, else nothing is ever sent.")},
    )

    class Meta:
        model = Rule
        fields = ("most", "days", "opens_at", "closes_at", "weekdays")
        widgets = {"opens_at": TimeInput(format="%H:%M"), "closes_at": TimeInput(format="%H:%M")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""


class ReasonForm(forms.Form):
    """Why an address is suppressed by hand, or written to again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LONGEST,
        help_text=gettext_lazy("It stands in the log of changes: leave name and address out."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""


class LiftForm(ReasonForm):
    """Which reason is lifted, and on whose page that is asked."""

    why = forms.ChoiceField(choices=Suppression.Why.choices, widget=forms.HiddenInput())
    person = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput())


class ChoicesForm(forms.Form):
    """Which choices."""

    state = forms.ChoiceField(
        label=pgettext_lazy("consent", "Choice"),
        required=False,
        choices=[("", gettext_lazy("All")), *Choice.State.choices],
    )
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        offered = [
            ("", gettext_lazy("All")),
            *((each.key, each.said("label")) for each in Topic.objects.all()),
        ]
        self.fields["topic"].choices = offered  # type: ignore[attr-defined]
