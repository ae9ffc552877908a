"""Forms of people: what may be typed, what is chosen, and own fields by their kind."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.kit.periods import zones_offered
from zoco.ledger.pictures.countries import country_codes, country_name
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.views.problems import said
from zoco.people import attributes
from zoco.people.attributes import Value, ValueWrong, value_read
from zoco.people.fields import LANGUAGE
from zoco.people.identities import IdentityWrong, Named, identity_read
from zoco.people.models import FIELDS, Attribute, Identity, Person

OWN = "own_"


class DayInput(forms.DateInput):
    """A day as browsers ask for it."""

    input_type = "date"


class IdentityForm(forms.Form):
    """How somebody is known."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Identity.Kind.choices, initial="email")
    value = forms.CharField(
        label=gettext_lazy("Address or number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    space = forms.CharField(
        label=gettext_lazy("System"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For a handle or a number of another system: which one, such as mastodon."),
    )

    def __init__(self, *args: Any, country: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.country = country

    def clean(self) -> dict[str, Any]:
        """Read the identity."""
        given: dict[str, Any] = super().clean() or {}
        if "kind" in given and "value" in given:
            try:
                given["named"] = self._read(given)
            except IdentityWrong as wrong:
                self.add_error("space" if _lacks_space(given) else "value", said(wrong))
        return given

    def _read(self, given: dict[str, Any]) -> Named:
        space = given.get("space", "").strip() if given["kind"] in ("external", "social") else ""
        return identity_read(given["kind"], given["value"], space=space, country=self.country)


def _lacks_space(given: dict[str, Any]) -> bool:
    return given["kind"] in ("external", "social") and not given.get("space", "").strip()


class PersonForm(forms.Form):
    """What is known of a person: the fields that all have, and own ones."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        required=False,
        help_text=gettext_lazy("As it is shown; empty for given name and family name."),
    )
    given_name = forms.CharField(label=gettext_lazy("Given name"), required=False)
    family_name = forms.CharField(label=gettext_lazy("Family name"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    city = forms.CharField(label=gettext_lazy("City"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *args: Any, person: Person | None = None, **more: Any) -> None:
        person = person or Person()
        more.setdefault("initial", {name: getattr(person, name) for name in FIELDS})
        super().__init__(*args, **more)
        self.label_suffix = ""
        for name, most in FIELDS.items():
            if isinstance(self.fields[name], forms.CharField):
                self.fields[name].max_length = most  # type: ignore[attr-defined]
                self.fields[name].widget.attrs |= {"maxlength": str(most), "autocomplete": "off"}
        languages = {code: language_name(code) for code in LANG_INFO if LANGUAGE.match(code)}
        self._offer("language", languages, person.language)
        self._offer("country", {code: country_name(code) for code in country_codes()}, person.country)
        self._offer("zone", {name: name for name in zones_offered()}, person.zone)
        self.own = list(Attribute.objects.order_by("label", "id"))
        for each in self.own:
            self.fields[OWN + each.key] = own_field(each, person.attributes.get(each.key))

    def _offer(self, name: str, words: dict[str, str], kept: str) -> None:
        """Let one of these be chosen; what is there stays, even if it is none of them."""
        words = words | ({kept: words.get(kept, kept)} if kept else {})
        ordered = sorted(words.items(), key=lambda each: each[1].casefold())
        self.fields[name].choices = [("", _("Not known")), *ordered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read own fields by their kind."""
        given: dict[str, Any] = super().clean() or {}
        for each in self.own:
            raw = given.get(OWN + each.key)
            if raw in ("", None, []):
                continue
            try:
                given[OWN + each.key] = value_read(each.kind, raw, choices=each.choices)
            except ValueWrong as wrong:
                self.add_error(OWN + each.key, said(wrong))
        return given

    @property
    def chosen(self) -> tuple[dict[str, str], dict[str, Value | None]]:
        """Return what was given of a valid form: fields, and own ones with None for nothing."""
        given = self.cleaned_data
        own = {each.key: given.get(OWN + each.key) for each in self.own}
        return {name: given[name] for name in FIELDS}, {
            key: None if value in ("", None, []) else value for key, value in own.items()
        }


def own_field(attribute: Attribute, value: Value | None) -> forms.Field:
    """Return the field in which a value of an attribute is typed or chosen."""
    common: dict[str, Any] = {"label": attribute.label, "help_text": attribute.note, "required": False}
    blank = ("", _("Not known"))
    match attribute.kind:
        case "flag":
            return forms.ChoiceField(
                choices=[blank, ("yes", _("yes")), ("no", _("no"))],
                initial="" if value is None else "yes" if value else "no",
                **common,
            )
        case "day":
            return forms.CharField(widget=DayInput(), initial=value, **common)
        case "choice":
            offered = [*dict.fromkeys([*attribute.choices, *([str(value)] if value else [])])]
            return forms.ChoiceField(
                choices=[blank, *((each, each) for each in offered)], initial=value, **common
            )
        case "choices":
            return forms.MultipleChoiceField(
                choices=[(each, each) for each in attribute.choices],
                initial=value,
                widget=forms.CheckboxSelectMultiple(),
                **common,
            )
        case "number":
            return forms.CharField(initial="" if value is None else f"{value:.15g}", **common)
        case "moment":
            hint = _("Such as 2026-05-17T12:30:00+02:00.")
            return forms.CharField(
                initial=value, **common | {"help_text": f"{attribute.note} {hint}".strip()}
            )
    return forms.CharField(initial=value, max_length=attributes.TEXT_LONGEST, **common)


class ChoicesField(forms.CharField):
    """A list, one a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        """Return it as it is typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return what stands on each line."""
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        found = [line for line in dict.fromkeys(lines) if line]
        if too_long := next((each for each in found if len(each) > attributes.INDEXED_LONGEST), ""):
            raise ValidationError(
                _("%(line)s … is longer than %(most)s characters.")
                % {"line": too_long[:30], "most": attributes.INDEXED_LONGEST}
            )
        return found
