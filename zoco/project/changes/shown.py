"""How the log of changes reads: fields under the names that forms give them, values as people write them.

A line keeps what the database held. Whatever is no longer known, a field of an old version or a row that has
gone, stands as it was kept.
"""

import ast
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext as _

from zoco.project.changes.watching import HIDDEN, SECRET
from zoco.project.changes.words import NAMES, NOBODY
from zoco.project.models import Change

NONE = "–"
# Things whose name is a sentence of ours, kept in English; of these only where it is this one.
SAID = {"zoco_monitor.alarm": None, "zoco_monitor.sharedlink": "Public dashboard"}
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a line: before and after, or what joined and left a list."""

    name: str
    old: str = ""
    new: str = ""
    added: str = ""
    removed: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it tells what joined and left."""
        return bool(self.added or self.removed)


class Reader:
    """Reads the lines of a page; rows that they name are looked up once for each kind."""

    def __init__(self, lines: Iterable[Change]) -> None:
        self._names: dict[tuple[type[models.Model], str], str] = {}
        keys: dict[type[models.Model], set[str]] = defaultdict(set)
        for line in lines:
            for name, pair in line.details.items():
                other = _related(field_of(line.kind, name))
                if other is not None:
                    keys[other] |= {str(each) for each in pair if each and str(each).isdigit()}
        for model, wanted in keys.items():
            for row in model._default_manager.filter(pk__in=wanted):
                self._names[model, str(row.pk)] = str(row)

    def fields(self, line: Change) -> list[Shown]:
        """Return what changed in a line, by name."""
        found = [self._field(line.kind, name, *pair) for name, pair in line.details.items()]
        return sorted(found, key=lambda each: each.name)

    def _field(self, kind: str, name: str, old: Any, new: Any) -> Shown:
        field = field_of(kind, name)
        label = name_of(field, name)
        if any(word in name for word in SECRET):
            return Shown(label, *(HIDDEN if each else NONE for each in (old, new)))
        was, now = _listed(old), _listed(new)
        if (was is not None or now is not None) and (was or now):
            before, after = ([self._text(field, each) for each in side or ()] for side in (was, now))
            added = [each for each in after if each not in before]
            removed = [each for each in before if each not in after]
            if added or removed:
                return Shown(label, added=_joined(added), removed=_joined(removed))
        texts = [self._text(field, each) for each in (old, new)]
        return Shown(label, *([_ours(kind, each) for each in texts] if name == "name" else texts))

    def _text(self, field: Any, value: Any) -> str:
        if value is None or value in ("", [], "[]", "{}"):
            return NONE
        if isinstance(value, bool) or (isinstance(field, models.BooleanField) and str(value) in _TRUTHS):
            return _("yes") if value is True or str(value) == "True" else _("no")
        choices = {str(key): str(word) for key, word in getattr(field, "flatchoices", ())}
        other = _related(field)
        if str(value) in choices:
            return choices[str(value)]
        if other is not None:
            return self._names.get((other, str(value)), str(value))
        if isinstance(field, models.DateField):
            return _day(field, str(value))
        if isinstance(field, models.DecimalField | models.IntegerField) or isinstance(value, int | float):
            return str(number_format(value, use_l10n=True))
        if isinstance(value, list):
            return ", ".join(self._text(None, each) for each in value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


_TRUTHS = {"True", "False"}


def who(line: Change) -> str:
    """Return who acted: an account, the program itself, or whoever came from an address."""
    return str(NOBODY.get(line.by_name, line.by_name) or line.address)


def named(line: Change) -> str:
    """Return the name of what a line is about."""
    return _ours(line.kind, line.subject_name)


def _ours(kind: str, name: str) -> str:
    is_said = kind in SAID and SAID[kind] in (None, name) and name
    return _(name) if is_said else name


def field_of(kind: str, name: str) -> Any:
    """Return the field of a model, None where there is none."""
    app, _dot, model_name = kind.partition(".")
    model = apps.all_models[app].get(model_name)
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def name_of(field: Any, name: str) -> str:
    """Return what forms call a field, in the reader's language; its own name for one of no model."""
    plain = name.replace("_", " ")
    said = str(getattr(field, "verbose_name", plain))
    return str(NAMES[name]) if said == plain and name in NAMES else str(capfirst(said))


def _related(field: Any) -> type[models.Model] | None:
    other = getattr(field, "related_model", None)
    return other if isinstance(other, type) and getattr(field, "many_to_one", False) else None


def _listed(value: Any) -> list[Any] | None:
    """Return a value as the list that it is, or that its text is: of Python, or of several lines."""
    if isinstance(value, list):
        return value
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            found = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return None
        return found if isinstance(found, list) else None
    if isinstance(value, str) and "\n" in value.strip():
        return [line.strip() for line in value.splitlines() if line.strip()]
    return None


def _joined(texts: list[str]) -> str:
    return ", ".join(texts)


def _day(field: Any, value: str) -> str:
    """Return a day or a moment (UTC) as the reader's language writes it."""
    try:
        if not isinstance(field, models.DateTimeField):
            day = parse_date(value)
            return date_format(day, "DATE_FORMAT") if day else value
        at = parse_datetime(value)
    except ValueError:
        return value
    if at is None:
        return value
    moment: datetime = at if is_aware(at) else make_aware(at, UTC)
    return date_format(moment.astimezone(UTC), "DATETIME_FORMAT")
