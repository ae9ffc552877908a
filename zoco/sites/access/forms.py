"""Forms of owners who invite and limit, and the form of whoever comes in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zoco.kit.choosing import Several
from zoco.sites.access.models import Role
from zoco.sites.models import Site

ALL, SOME = "all", "some"
DAYS = (1, 7, 30)


class ReachForm(forms.Form):
    """Which sites somebody sees. All of them is said, never meant by leaving something out."""

    reach = forms.ChoiceField(
        label=pgettext_lazy("access", "Sees"),
        choices=[
            (SOME, gettext_lazy("only the sites chosen below")),
            (ALL, gettext_lazy("all sites, later ones too")),
        ],
        initial=SOME,
    )
    sites = Several(
        label=gettext_lazy("Sites"),
        queryset=Site.objects.order_by("is_demo", "name", "pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse some sites without any."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reach") == SOME and "sites" in cleaned and not cleaned["sites"]:
            self.add_error("sites", _("Choose at least one site."))
        return cleaned

    def chosen(self) -> Sequence[Site] | None:
        """Return the sites, None for all."""
        return None if self.cleaned_data["reach"] == ALL else list(self.cleaned_data["sites"])


class InviteForm(ReachForm):
    """Whom, to which role, and how long the link opens."""

    address = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=150,
        help_text=gettext_lazy("It is also the name with which this person logs in."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    days = forms.TypedChoiceField(label=gettext_lazy("The link opens for"), coerce=int, initial=7)
    is_mailed = forms.BooleanField(label=gettext_lazy("Send the link by e-mail"), required=False)
    field_order = ("address", "role", "reach", "sites", "days", "is_mailed")

    def __init__(self, *given: Any, can_mail: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = [(days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS]
        self.fields["days"].choices = choices  # type: ignore[attr-defined]
        if not can_mail:
            del self.fields["is_mailed"]

    def clean(self) -> dict[str, Any]:
        """Refuse an owner of some sites."""
        cleaned = super().clean()
        if cleaned.get("role") == Role.OWNER and cleaned.get("reach") == SOME:
            self.errors.pop("sites", None)
            self.add_error("reach", _("An owner sees all sites. Choose all sites, or another role."))
        return cleaned


class ComeInForm(forms.Form):
    """The password that somebody chooses."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *given: Any) -> None:
        super().__init__(*given)
        self.user = user

    def clean_password(self) -> str:
        """Refuse what is guessed easily."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in cleaned and cleaned.get("again") != cleaned["password"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned
