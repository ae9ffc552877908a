"""The form of a mailbox."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.channels.mailing.accounts import mail_accounts
from zoco.channels.models import Account
from zoco.kit.choosing import Several
from zoco.mail.inbox.models import Mailbox
from zoco.mail.inbox.services import PLACE


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where a mailbox is, how it is read, and whose bounces come to it. The password is never shown."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("It is kept sealed. Leave this empty to keep it as it is."),
    )

    class Meta:
        model = Mailbox
        fields = [
            "name", "host", "port", "encryption", "user", "password", "folder", "afterwards", "read_folder",
            "accounts", "bounce_address",
        ]  # fmt: skip
        labels = {
            "name": pgettext_lazy("account", "Name"),
            "host": _("Server (IMAP)"),
            "port": pgettext_lazy("network", "Port"),
            "encryption": _("Encryption"),
            "user": _("User name"),
            "folder": _("Folder"),
            "afterwards": _("What becomes of a mail that was read"),
            "read_folder": _("Folder for read mail"),
            "accounts": _("Accounts whose letters are answered here"),
            "bounce_address": _("Address for what comes back"),
        }
        help_texts = {
            "bounce_address": _(
                "Such as bounces@shop.example: letters leave from bounces+…@shop.example, so that each "
                "answer names its letter. The server must deliver such addresses into this mailbox."
            ),
        }
        widgets = {"accounts": forms.CheckboxSelectMultiple}
        field_classes = {"accounts": Several}

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        accounts: Any = self.fields["accounts"]
        kept = self.instance.accounts.all() if self.instance.pk else Account.objects.none()
        accounts.queryset = (mail_accounts() | kept).distinct()
        self.fields["encryption"] = forms.ChoiceField(
            label=_("Encryption"),
            choices=[("tls", "TLS"), ("starttls", "STARTTLS"), ("plain", _("none"))],
            initial="tls",
        )
        self.fields["afterwards"] = forms.ChoiceField(
            label=_("What becomes of a mail that was read"),
            choices=[("seen", _("it is marked as read")), ("move", _("it is moved into a folder"))],
            initial="seen",
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the password where it would go somewhere else than before."""
        given: dict[str, Any] = super().clean() or {}
        is_elsewhere = bool(set(self.changed_data) & set(PLACE))
        if not given.get("password") and (is_elsewhere or not self.instance.secrets):
            self.add_error("password", _("Enter the password: it would go to another place than before."))
        return given
