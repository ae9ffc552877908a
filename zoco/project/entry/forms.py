"""Forms of the second step."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zoco.project.entry import brake
from zoco.project.entry.services import CodeWrong, second_step_prove

BRAKED = _("Too many failed attempts. Wait a quarter of an hour, then try again.")


def _code(label: Any) -> forms.CharField:
    shown = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=shown))


class FirstCodeForm(forms.Form):
    """The code that shows that the authenticator has the secret."""

    code = _code(_("Code of the authenticator"))


class CodeForm(forms.Form):
    """A code, or a recovery code; wrong ones count for the brake."""

    code = _code(_("Code of the authenticator, or a recovery code"))

    def __init__(self, request: HttpRequest, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.request, self.user = request, user

    def clean_code(self) -> str:
        """Return which kind of code it was. Raises ValidationError."""
        now = timezone.now()
        if brake.is_braked(self.request, brake.step_of(self.user), at=now):
            raise ValidationError(BRAKED, code="braked")
        try:
            return second_step_prove(user=self.user, typed=self.cleaned_data["code"], at=now)
        except CodeWrong:
            brake.failure_count(self.request, brake.step_of(self.user), at=now)
            raise ValidationError(_("This code is wrong, or it was used before.")) from None


class SureForm(CodeForm):
    """Password and code together; the password is looked at first, so that it spends no code."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ("password", "code")

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError."""
        if brake.is_braked(self.request, brake.step_of(self.user), at=timezone.now()):
            raise ValidationError(BRAKED, code="braked")
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            brake.failure_count(self.request, brake.step_of(self.user), at=timezone.now())
            raise ValidationError(_("This is not your password."))
        return password

    def clean_code(self) -> str:
        """Take the code only beside a right password. Raises ValidationError."""
        return super().clean_code() if "password" in self.cleaned_data else ""
