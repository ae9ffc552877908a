"""Forms of sending domains."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.domains.naming import domain_of

PEM_MOST = 10_000


class NewDomainForm(forms.ModelForm):  # type: ignore[type-arg]
    """A domain, or an address of it."""

    class Meta:
        model = SendingDomain
        fields = ["name"]

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"].help_text = _("Such as shop.example, or an address that mail comes from.")

    def clean_name(self) -> str:
        """Return the domain in the form in which it is kept."""
        return domain_of(self.cleaned_data["name"]) or self.cleaned_data["name"]


class DomainForm(forms.ModelForm):  # type: ignore[type-arg]
    """How mail of a domain leaves."""

    class Meta:
        model = SendingDomain
        fields = ["hosts", "selectors", "is_signing", "keep_days"]

    def save(self, commit: bool = True) -> Any:
        """Save what was filled in; what a look found since the page was opened stays."""
        found = super().save(commit=False)
        if commit:
            found.save(update_fields=self.Meta.fields)
        return found


class KeyForm(forms.Form):
    """A new key: made here, unless one is brought along."""

    kind = forms.ChoiceField(label=pgettext_lazy("key", "Kind"), choices=DkimKey.Kind.choices)
    pem = forms.CharField(
        label=_("Own private key"),
        required=False,
        max_length=PEM_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Leave it empty, and a key is made here. It is kept sealed and never shown again."),
    )
    selector = forms.CharField(
        label=_("Selector"), required=False, max_length=63, help_text=_("Left empty, one is made.")
    )


def said_of(wrong: Exception) -> str:
    """Return what is wrong with a key, in words."""
    if isinstance(wrong, ValidationError):
        return " ".join(wrong.messages)
    return str(wrong)
