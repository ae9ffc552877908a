"""Writes of mailboxes: saved with a sealed password, tested, switched on and off."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zoco.channels.sealing import SealBroken, opened
from zoco.kit import noting
from zoco.mail.inbox import imap, returning
from zoco.mail.inbox.models import Mailbox
from zoco.mail.inbox.reading import password_seal
from zoco.mail.inbox.saying import kept

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from zoco.mail.inbox.forms import MailboxForm
KIND = "zoco_mail.mailbox"
PLACE = ("host", "port", "encryption", "user")
"""Where a password is sent to: whoever changes that enters the password anew."""


@transaction.atomic
def mailbox_save(*, form: "MailboxForm", by: "User") -> Mailbox:
    """Save a mailbox; a password that is left empty stays as it was. Another folder is read anew."""
    mailbox: Mailbox = form.save(commit=False)
    if password := form.cleaned_data.get("password"):
        password_seal(mailbox=mailbox, password=password)
    if set(form.changed_data) & {"host", "user", "folder"}:
        mailbox.uid_validity = mailbox.last_uid = 0
    mailbox.checked_at, mailbox.failure = None, ""
    mailbox.save()
    form.save_m2m()
    returning.forget()
    details = {name: ["", _shown(name, form.cleaned_data[name])] for name in form.changed_data}
    noting.note(action="changed", kind=KIND, name=mailbox.name, details=details, by=by)
    return mailbox


def _shown(name: str, value: object) -> str:
    return "•••" if name == "password" else str(value)[:80]


def mailbox_check(*, mailbox: Mailbox, at: datetime) -> bool:
    """Look whether a mailbox lets us in and has its folder, reading nothing; returns whether it does."""
    failure = ""
    try:
        secrets = opened(mailbox.secrets, account=str(mailbox.uid))
        with imap.opened(
            host=mailbox.host,
            port=mailbox.port,
            encryption=mailbox.encryption,
            user=mailbox.user,
            secrets=secrets,
            folder=mailbox.folder,
        ):
            pass
    except (imap.MailboxFailed, SealBroken) as failed:
        failure = kept(failed)
    Mailbox.objects.filter(pk=mailbox.pk).update(checked_at=at, failure=failure)
    mailbox.checked_at, mailbox.failure = at, failure
    return not failure


@transaction.atomic
def mailbox_turn(*, mailbox: Mailbox, is_on: bool, by: "User | None" = None) -> None:
    """Read a mailbox, or no longer."""
    if Mailbox.objects.filter(pk=mailbox.pk).exclude(is_on=is_on).update(is_on=is_on):
        details = {"is_on": [not is_on, is_on]}
        noting.note(action="changed", kind=KIND, name=mailbox.name, details=details, by=by)
    returning.forget()
