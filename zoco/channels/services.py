"""Writes of accounts: made, changed, tested, switched on and off; their secrets sealed anew."""

import logging
from collections.abc import Mapping, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zoco.channels.contract import CHANNELS, Channel, CheckFailed, Field, Hidden, Opened
from zoco.channels.models import Account
from zoco.channels.sealing import SealBroken, is_current, opened, seal
from zoco.kit import noting

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)


@transaction.atomic
def account_save(
    *,
    account: Account,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    by: "User | None" = None,
) -> Account:
    """Save an account with what its adapter asks for. Raises ValidationError, by field.

    A secret that is left out or empty stays as it was, where it would go to no other place; one that is
    given is sealed, and never read back.
    """
    channel = CHANNELS.get(account.adapter)
    values = _settings(channel, settings)
    was = dict(account.options)
    held = _held(account)
    is_new = account.pk is None
    given = {name: value for name in channel.secret_names if (value := secrets.get(name, ""))}
    kept = _kept(channel, held, given, values)
    channel.validate(values)
    if not is_new:
        _stays(channel, kept.keys() - given.keys(), was, values)
    account.options = values
    account.secrets = seal(kept, account=str(account.uid))
    if not is_new:
        Account.objects.filter(pk=account.pk).update(checked_at=None, failure="")
        account.checked_at, account.failure = None, ""
    else:
        account.created_by = by
        account.is_default = not Account.objects.filter(adapter=account.adapter, is_default=True).exists()
    account.full_clean()
    account.save()
    _note(account, {**_changed(was, values), **{name: ["•••", "•••"] for name in given}}, by)
    return account


def account_open(account: Account) -> Opened:
    """Return an account as its adapter gets it. Raises SealBroken."""
    return Opened(account.name, account.options, opened(account.secrets, account=str(account.uid)))


def account_check(*, account: Account, at: datetime) -> bool:
    """Look whether an account works and write down what was found; returns whether it does."""
    failure = ""
    try:
        ready = account_open(account)
        CHANNELS.get(account.adapter).check(ready)
    except (CheckFailed, SealBroken) as found:
        failure = _(found.words) % found.places
    Account.objects.filter(pk=account.pk).update(checked_at=at, failure=failure[:300])
    account.checked_at, account.failure = at, failure[:300]
    return not failure


def account_turn(*, account: Account, is_on: bool) -> None:
    """Switch an account on or off; what waits for it waits on."""
    account.is_on = is_on
    account.save(update_fields=["is_on"])


@transaction.atomic
def account_prefer(*, account: Account) -> None:
    """Let what names no account leave by this one."""
    for other in Account.objects.filter(adapter=account.adapter, is_default=True).exclude(pk=account.pk):
        other.is_default = False
        other.save(update_fields=["is_default"])
    account.is_default = True
    account.save(update_fields=["is_default"])


def accounts_reseal() -> int:
    """Seal anew what an older key sealed; returns how many were. What does not open is left and logged."""
    done = 0
    for account in Account.objects.exclude(secrets="").order_by("pk"):
        if is_current(account.secrets):
            continue
        try:
            values = opened(account.secrets, account=str(account.uid))
        except SealBroken:
            log.warning("Secrets of an account cannot be opened. account=%s", account.pk)
            continue
        sealed = seal(values, account=str(account.uid))
        done += Account.objects.filter(pk=account.pk, secrets=account.secrets).update(secrets=sealed)
    return done


def _held(account: Account) -> Hidden:
    try:
        return opened(account.secrets, account=str(account.uid))
    except SealBroken:
        return Hidden()  # whoever saves enters them again; nothing of them can be had


def _kept(
    channel: Channel, held: Mapping[str, str], given: Mapping[str, str], values: Mapping[str, Any]
) -> Hidden:
    """Return the secrets of an account from now on. Raises ValidationError where one is missing."""
    asked = [each for each in channel.fields if each.kind == "secret"]
    wanted = {each.name for each in asked if not each.of or values[each.of]}
    kept = Hidden({name: value for name, value in {**held, **given}.items() if name in wanted})
    if wrong := {each.name: _("Enter it.") for each in asked if each.is_needed and not kept.get(each.name)}:
        raise ValidationError(wrong)
    return kept


def _stays(channel: Channel, unseen: Set[str], was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to take secrets that nobody entered now to another place. Raises ValidationError, by field."""
    if any(each.is_place and was.get(each.name, each.default) != now[each.name] for each in channel.fields):
        said = _("Enter it again: it would go to another place than before.")
        if unseen:
            raise ValidationError(dict.fromkeys(sorted(unseen), said))


def _settings(channel: Channel, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of the fields that are no secrets. Raises ValidationError, by field."""
    values = {each.name: _read(each, given) for each in channel.fields if each.kind != "secret"}
    wrong = {
        each.name: _("Enter it.")
        for each in channel.fields
        if each.kind in {"text", "choice", "number"} and each.is_needed and values[each.name] == ""
    }
    if wrong:
        raise ValidationError(wrong)
    return values


def _read(field: Field, given: Mapping[str, Any]) -> Any:
    value = given.get(field.name, field.default)
    match field.kind:
        case "flag":
            return bool(value)
        case "number":
            try:
                return int(value) if value != "" else ""
            except (TypeError, ValueError):
                raise ValidationError({field.name: _("Enter a whole number.")}) from None
        case "choice":
            if value not in {"", *(key for key, _label in field.choices)}:
                raise ValidationError({field.name: _("Choose one of the list.")})
    text = str(value).strip()
    if not text.isprintable():
        raise ValidationError({field.name: _("Leave out line breaks and characters that cannot be seen.")})
    return text


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [was.get(name), value] for name, value in now.items() if was.get(name) != value}


def _note(account: Account, details: dict[str, list[Any]], by: "User | None") -> None:
    if details:
        noting.note(
            action="changed",
            kind="zoco_channels.account",
            name=account.name,
            details=details,
            by=by,
        )
