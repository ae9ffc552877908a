"""Making flags, changing and switching them; each change is a row: what changed, by whom, when."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.sites.models import Site
from zoco.trials.designs import DesignWrong
from zoco.trials.flags.models import Flag, FlagChange
from zoco.trials.flags.rules import Rule, Variant, flag_check, kept_of

FIELDS = ("name", "note", "unit", "kind", "is_on", "is_public", "off_variant", "default_variant")
KEPT = (*FIELDS, "variants", "rules")
FLAGS_MOST = 500
MADE, CHANGED = "made", "changed"


@transaction.atomic
def flag_make(
    *,
    site: int,
    key: str,
    variants: tuple[Variant, ...],
    rules: tuple[Rule, ...] = (),
    by: Any = None,
    at: datetime,
    **fields: Any,
) -> Flag:
    """Make a flag. Raises DesignWrong, also where a trial of the site has the key."""
    from zoco.trials.models import Trial

    Site.objects.select_for_update().get(pk=site)
    if Flag.objects.filter(site=site).count() >= FLAGS_MOST:
        words = gettext_noop("A site keeps at most %(most)s flags; delete one that is no longer needed.")
        raise DesignWrong(words, most=FLAGS_MOST)
    if Trial.objects.filter(site=site, key=key).exists():
        words = gettext_noop("The site has a trial with the key %(key)s already; choose another.")
        raise DesignWrong(words, key=key)
    flag = Flag(site_id=site, key=key, hash_site=site, created_by=by)
    _set(flag, variants, rules, fields, at)
    try:
        with transaction.atomic():
            flag.save()
    except IntegrityError:
        words = gettext_noop("The site has a flag with the key %(key)s already; choose another.")
        raise DesignWrong(words, key=key) from None
    _note(flag, MADE, [], by, at)
    return flag


@transaction.atomic
def flag_change(
    *,
    flag: int,
    variants: tuple[Variant, ...],
    rules: tuple[Rule, ...],
    by: Any = None,
    at: datetime,
    **fields: Any,
) -> Flag:
    """Change a flag; what stays as it is is no change. Raises DesignWrong."""
    row = Flag.objects.select_for_update().get(pk=flag)
    before = _state(row)
    _set(row, variants, rules, fields, at)
    return _saved(row, before, by, at)


@transaction.atomic
def flag_switch(*, flag: int, is_on: bool, by: Any = None, at: datetime) -> Flag:
    """Switch a flag on or off."""
    row = Flag.objects.select_for_update().get(pk=flag)
    before = _state(row)
    row.is_on = is_on
    return _saved(row, before, by, at)


@transaction.atomic
def flag_delete(*, flag: int) -> None:
    """Delete a flag that is off. Raises DesignWrong for one that is on."""
    row = Flag.objects.select_for_update().get(pk=flag)
    if row.is_on:
        raise DesignWrong(gettext_noop("The flag is on; switch it off before you delete it."))
    row.delete()


def _set(
    flag: Flag, variants: tuple[Variant, ...], rules: tuple[Rule, ...], fields: dict[str, Any], at: datetime
) -> None:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"No fields of a flag: {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(flag, name, value)
    flag_check(flag.kind, variants, rules, (flag.off_variant, flag.default_variant), unit=flag.unit)
    flag.variants, flag.rules, flag.changed_at = kept_of(variants), kept_of(rules), at


def _saved(flag: Flag, before: dict[str, Any], by: Any, at: datetime) -> Flag:
    changed = [name for name, value in _state(flag).items() if before[name] != value]
    if changed:
        flag.changed_at = at
        flag.save()
        _note(flag, CHANGED, changed, by, at)
    return flag


def _state(flag: Flag) -> dict[str, Any]:
    """Return what is told of a flag, as JSON has it: lists, not tuples."""
    found: dict[str, Any] = json.loads(json.dumps({name: getattr(flag, name) for name in KEPT}))
    return found


def _note(flag: Flag, what: str, fields: list[str], by: Any, at: datetime) -> None:
    name = by.get_username()[:150] if by is not None else ""
    FlagChange.objects.create(
        flag=flag, what=what, fields=fields, after=_state(flag), by=by, by_name=name, at=at
    )
