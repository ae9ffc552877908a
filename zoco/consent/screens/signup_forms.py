"""The form by which an owner makes a sign-up form: what it asks, and what it says in each language."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.consent.screens.forms import key_made
from zoco.consent.screens.tongues import texts_add, texts_by_language, texts_given
from zoco.consent.signup.asking import askable
from zoco.consent.signup.models import Form
from zoco.kit.choosing import Several
from zoco.kit.hosts import plain_host

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Form]
else:
    _ModelForm = forms.ModelForm
LABELS = {
    "heading": gettext_lazy("Heading"),
    "words": gettext_lazy("Words above the fields"),
    "consent": gettext_lazy("What is agreed to"),
    "button": gettext_lazy("Words on the button"),
    "thanks": gettext_lazy("What is said afterwards"),
}
LONGEST = {"heading": 120, "words": 1_000, "consent": 2_000, "button": 60, "thanks": 300}
WANTED = (
    ("", gettext_lazy("not asked")),
    ("asked", pgettext_lazy("field", "asked")),
    ("needed", gettext_lazy("needed")),
)


class SignupForm(_ModelForm):
    """A form with its fields and texts."""

    class Meta:
        model = Form
        fields = ("name", "key", "site", "topics", "is_confirmed", "onward", "is_on")
        widgets = {"topics": forms.CheckboxSelectMultiple()}
        field_classes = {"topics": Several}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.fields["key"].required = False
        self.fields["key"].help_text = gettext_lazy(
            "Part of its address; it stays as it is. Left empty, one is made of the name."
        )
        if self.instance.pk:
            self.fields["key"].disabled = True
        held = self.instance.fields
        for name, label in askable().items():
            initial = "" if name not in held else "needed" if held[name] else "asked"
            self.fields[f"ask_{name}"] = forms.ChoiceField(
                label=label, choices=WANTED, required=False, initial=initial
            )
        texts_add(self, LABELS, LONGEST, self.instance.texts)

    @property
    def main(self) -> list[Any]:
        """What a form is."""
        return [self[name] for name in self._meta.fields or ()]

    @property
    def asked(self) -> list[Any]:
        """What it asks besides the address."""
        return [self[name] for name in self.fields if name.startswith("ask_")]

    @property
    def said(self) -> list[tuple[str, list[Any]]]:
        """What it says, by language."""
        return texts_by_language(self)

    def clean_key(self) -> str:
        """Return the key, made of the name where none was given."""
        return self.cleaned_data["key"] or key_made(Form, self.cleaned_data.get("name", ""))

    def clean(self) -> dict[str, Any]:
        """Let a form lead on to pages of its own site alone."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        site, onward = given.get("site"), given.get("onward", "")
        if site and onward:
            bare = {each.name.removeprefix("www.") for each in site.hostnames.all()}
            if _host_of(onward).removeprefix("www.") not in bare:
                self.add_error("onward", _("This is no page of the site; write one of its own host names."))
        return given

    def _post_clean(self) -> None:
        """Put fields and texts into the form that is made, before it is checked as a whole."""
        given = self.cleaned_data
        names = [name.removeprefix("ask_") for name in self.fields if name.startswith("ask_")]
        self.instance.fields = {
            name: given[f"ask_{name}"] == "needed" for name in names if given.get(f"ask_{name}")
        }
        self.instance.texts = texts_given(given, LABELS)
        super()._post_clean()  # type: ignore[misc]


def _host_of(address: str) -> str:
    """Return the host of an address that a browser may be led to, "" for any other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return plain_host(parts.netloc) if parts.scheme in ("http", "https") else ""
