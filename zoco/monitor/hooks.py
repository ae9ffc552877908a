"""Web hooks: JSON to an address that a person set, signed with its key. At least once: each has a name."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zoco.kit.hooks import hook_post
from zoco.sites.access.reads import sees

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.forms import ModelForm


class HookRefused(RuntimeError):
    """The web hook's address answered with something other than yes."""


class HookUnowned(PermissionError):
    """Whoever set the web hook may no longer."""


def hook_owned(form: "ModelForm[Any]", by: "User") -> None:
    """Write down who answers for a web hook: whoever changed its address or key last."""
    if {"hook_url", "hook_secret"} & set(form.changed_data):
        form.instance.hook_by = by


def owner_check(owner: "User | None", rights: Iterable[str], site: int) -> None:
    """Hold a web hook to what the account may that set it. Raises HookUnowned."""
    if owner is None or not (owner.is_active and owner.has_perms(list(rights)) and sees(owner, site)):
        raise HookUnowned(_("The account that set the web hook is closed or may not set it any more."))


def hook_send(url: str, *, secret: str, event: str, body: bytes) -> None:
    """Send what happened under its name. Raises HookRefused, AddressRefused, FetchFailed."""
    answer = hook_post(url, secret=secret, event=event, body=body)
    if not 200 <= answer.status < 300:
        raise HookRefused(f"The address answered with {answer.status}.")
