"""The form of an account, made of what its adapter asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.channels.contract import CHANNELS, Field
from zoco.channels.models import Account
from zoco.channels.services import account_save

NAME = "account_name"
LONGEST = 500


class AccountForm(forms.Form):
    """Name and settings; secrets are entered, never shown."""

    account_name = forms.CharField(
        label=pgettext_lazy("account", "Name"), max_length=80, help_text=gettext_lazy("Only you see it.")
    )

    def __init__(self, given: Mapping[str, Any] | None, *, account: Account) -> None:
        channel = CHANNELS.get(account.adapter)
        held = {NAME: account.name, **account.options}
        super().__init__(given, initial=held)
        self.account = account
        self.asked = channel.fields
        for field in channel.fields:
            self.fields[field.name] = _input(field, has_one=bool(account.secrets))

    def save(self, by: Any) -> bool:
        """Save the account; where it cannot be, say so at its fields and return False."""
        values = {each.name: self.cleaned_data[each.name] for each in self.asked}
        secrets = {each.name: values.pop(each.name) for each in self.asked if each.kind == "secret"}
        settings = {name: "" if value is None else value for name, value in values.items()}
        was, self.account.name = self.account.name, self.cleaned_data[NAME]
        try:
            account_save(account=self.account, settings=settings, secrets=secrets, by=by)
        except ValidationError as wrong:
            self.account.name = was
            for name, said in wrong.message_dict.items():
                place = NAME if name == "name" else name
                self.add_error(place if place in self.fields else None, said)
            return False
        return True


def _input(field: Field, *, has_one: bool) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.is_needed}
    match field.kind:
        case "number":
            return forms.IntegerField(**common, initial=field.default)
        case "flag":
            return forms.BooleanField(**{**common, "required": False}, initial=field.default)
        case "choice":
            return forms.ChoiceField(**common, choices=field.choices, initial=field.default)
        case "secret":
            if has_one:
                common["help_text"] = gettext_lazy("It is kept sealed. Leave this empty to keep it as it is.")
                common["required"] = False
            widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
            return forms.CharField(**common, widget=widget, strip=False, max_length=LONGEST)
    return forms.CharField(**common, initial=field.default, max_length=LONGEST)
