"""What a form asks: fields that everybody may have, own fields, topics, and one that only programs fill."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from zoco.consent.models import Topic
from zoco.consent.signup.models import Form
from zoco.ledger.pictures.countries import country_codes, country_name
from zoco.ledger.views.problems import said
from zoco.people.attributes import Value, ValueWrong, value_read
from zoco.people.identities import IdentityWrong, Named, identity_read
from zoco.people.models import FIELDS, Attribute
from zoco.people.screens.forms import OWN, own_field

TRAP = "website"
ASKED = {
    "name": pgettext_lazy("person", "Name"),
    "given_name": gettext_lazy("Given name"),
    "family_name": gettext_lazy("Family name"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
}
COMPLETED = {
    "name": "name", "given_name": "given-name", "family_name": "family-name", "city": "address-level2",
    "country": "country",
}  # fmt: skip
OURS = gettext_noop("You agree to get letters from us. You can leave at any time by the link in each letter.")
TEXTS = ("heading", "words", "consent", "button", "thanks")


def askable() -> dict[str, str]:
    """Return all that a form can ask besides the address, with its label."""
    own = {OWN + each.key: each.label for each in Attribute.objects.order_by("label", "pk")}
    return {**{name: str(label) for name, label in ASKED.items()}, **own}


def text_of(form: Form, name: str, language: str) -> str:
    """Return a text of a form in a language, our own words where it has none."""
    held = (form.texts.get(language) or {}).get(name)
    ours = {
        "heading": _("Sign up"),
        "words": "",
        "consent": _(
            "You agree to get letters from us. You can leave at any time by the link in each letter."
        ),
        "button": _("Sign up"),
        "thanks": _("Thank you, you are signed up"),
    }
    return str(held or ours[name])


class FillForm(forms.Form):
    """A form as somebody fills it. With one topic there is nothing to choose; with more, each is ticked."""

    template_name = "zoco/consent/signup/fields.html"
    email = forms.EmailField(
        label=pgettext_lazy("form", "E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, given: Mapping[str, Any] | None = None, *, form: Form, topics: list[Topic], language: str
    ) -> None:
        super().__init__(given, auto_id=f"zoco-{form.key}-%s", use_required_attribute=True)
        self.label_suffix = ""
        self.topics = topics
        self.attributes = {OWN + each.key: each for each in Attribute.objects.all()}
        for name, is_needed in form.fields.items():
            if (made := self._field(name)) is not None:
                made.required = bool(is_needed)
                self.fields[name] = made
        if len(topics) > 1:
            self.fields["topic"] = forms.MultipleChoiceField(
                label=_("What may we write to you about?"),
                choices=[(each.key, each.said("label", language)) for each in topics],
                widget=forms.CheckboxSelectMultiple(),
                error_messages={"required": _("Choose a topic at least.")},
            )

    def _field(self, name: str) -> forms.Field | None:
        if name in self.attributes:
            return own_field(self.attributes[name], None)
        if name == "country":
            named = sorted(((code, country_name(code)) for code in country_codes()), key=lambda each: each[1])
            return forms.ChoiceField(
                label=ASKED[name], choices=[("", "–"), *named],
                widget=forms.Select(attrs={"autocomplete": COMPLETED[name]}),
            )  # fmt: skip
        if name in ASKED:
            return forms.CharField(
                label=ASKED[name], max_length=FIELDS[name],
                widget=forms.TextInput(attrs={"autocomplete": COMPLETED[name]}),
            )  # fmt: skip
        return None

    def clean(self) -> dict[str, Any]:
        """Read the address and own fields."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("email"):
            try:
                given["named"] = identity_read("email", given["email"])
            except IdentityWrong as wrong:
                self.add_error("email", said(wrong))
        for name, attribute in self.attributes.items():
            raw = given.get(name)
            if raw in ("", None, []):
                continue
            try:
                given[name] = value_read(attribute.kind, raw, choices=attribute.choices)
            except ValueWrong as wrong:
                self.add_error(name, said(wrong))
        return given

    @property
    def named(self) -> Named:
        """The address of a valid form."""
        found: Named = self.cleaned_data["named"]
        return found

    @property
    def chosen(self) -> list[Topic]:
        """The topics that were chosen on a valid form."""
        keys = self.cleaned_data.get("topic", [])
        return [each for each in self.topics if each.key in keys] if len(self.topics) > 1 else self.topics

    @property
    def known(self) -> tuple[dict[str, str], dict[str, Value]]:
        """What else was said: fields of everybody and own ones, without what is empty."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        return (
            {name: given[name] for name in ASKED if name in given},
            {each.key: given[name] for name, each in self.attributes.items() if name in given},
        )
