"""What of a site's settings goes along when it moves: rows of models, told by what apps register here.

A part names its fields; what it does not name stays behind: keys, addresses of web hooks, accounts. A row is
told from others by the fields of `natural`; one that is there already is left as it is.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Field, JSONField, Model

from zoco.kit.plugs import Registry

Row = dict[str, Any]
ROWS_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """One model's rows of a site. `order` is when it comes: what others refer to comes first."""

    key: str
    model: str
    fields: tuple[str, ...]
    natural: tuple[str, ...]
    order: int = 5
    path: str = "site"
    """From the row to its site."""
    refers: tuple[tuple[str, str], ...] = ()
    """Foreign keys that go along, each with the field by which the other row is found again."""
    fixed: dict[str, Any] = field(default_factory=dict)
    """Values that rows get here, whatever they had there."""
    only: dict[str, Any] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    """Types of values that no field checks; an archive may say anything."""
    most: int = ROWS_MOST
    """So many rows an archive holds at most."""
    at_once: int | None = None
    """So many rows are taken in with one transaction, where a row is much by itself."""
    rows: Callable[[int], Iterator[Row]] | None = None
    """Where there are too many rows to tell them one by one: packs those of a site."""
    take: Callable[[int, Row], bool] | None = None
    """Unpacks a row; whether anything is new. Raises ValidationError, LookupError, ValueError."""
    origin_key: Callable[[Any], str] | None = None
    """By which key the ledger knows the imported days of a row, where rows have some. The row is found again
    in another installation by the first field of `natural`, and its days come under its key there."""


PARTS: Registry[Part] = Registry("part of a site that moves")


@dataclass(slots=True)
class Taken:
    """What became of the rows of a part."""

    added: int = 0
    there: int = 0
    refused: list[str] = field(default_factory=list)


def parts_all() -> list[Part]:
    """Return all parts whose model is installed, in their order."""
    return sorted(
        (part for part in PARTS if _model(part)), key=lambda part: (part.order, part.key)
    )  # fmt: skip


def rows_of(part: Part, site: int) -> Iterator[Row]:
    """Return the rows of a site, as JSON can say them."""
    model = _model(part)
    if model is None:
        return
    if part.rows is not None:
        yield from part.rows(site)
        return
    refers = dict(part.refers)
    for thing in model._default_manager.filter(**{part.path: site, **part.only}).order_by("pk"):
        row = {}
        for name in part.fields:
            if name in refers:
                other = getattr(thing, name)
                row[name] = getattr(other, refers[name]) if other is not None else None
            else:
                row[name] = _field(model, name).value_from_object(thing)
        yield json.loads(json.dumps(row, cls=DjangoJSONEncoder))


def origin_keys(site: int) -> dict[str, str]:
    """Return the keys of a site's imported days, each with what tells the row that they are of elsewhere."""
    found: dict[str, str] = {}
    for part in parts_all():
        model = _model(part)
        if model is not None and part.origin_key is not None:
            rows = model._default_manager.filter(**{part.path: site, **part.only}).order_by("pk")
            found |= {part.origin_key(row): str(getattr(row, part.natural[0])) for row in rows}
    return found


def rows_take(part: Part, site: int, rows: list[Row]) -> Taken:
    """Write down what is not there yet. What cannot be is refused, with its reason, and the rest goes on."""
    taken = Taken()
    for row in rows:
        try:
            with transaction.atomic():
                is_new = _take(part, site, row)
        except (ValidationError, IntegrityError, LookupError, TypeError, ValueError) as error:
            words = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            taken.refused.append(f"{part.key}: {words}"[:200])
            continue
        taken.added += is_new
        taken.there += not is_new
    return taken


def _take(part: Part, site: int, row: Row) -> bool:
    model = _model(part)
    if model is None or not isinstance(row, dict):
        raise ValueError("This is no row.")
    if part.take is not None:
        return part.take(site, row)
    values = {name: _value(part, model, site, name, row[name]) for name in part.fields if name in row}
    older = {name: "" for name in part.natural if name == "segment_name"}
    where = {name: (older | values)[name] for name in part.natural}
    if part.path == "site":
        values["site_id"] = site
    if model._default_manager.filter(**{part.path: site}, **where).exists():
        return False
    thing = model(**{**values, **part.fixed})
    filled = {name for name, value in values.items() if value not in (None, "", [], {})} | {"site"}
    thing.full_clean(exclude=[each.name for each in model._meta.fields if each.name not in filled])
    thing.save()
    return True


def _value(part: Part, model: type[Model], site: int, name: str, raw: Any) -> Any:
    """Return a value of a row as the model has it. Raises ValidationError, LookupError."""
    refers = dict(part.refers)
    found = _field(model, name)
    if name in refers:
        if raw is None:
            return None
        other = found.related_model
        row = cast(type[Model], other)._default_manager.filter(site=site, **{refers[name]: str(raw)}).first()
        if row is None and not found.null:
            raise LookupError(f"{raw} is not there")
        return row
    if name in part.shapes:
        msgspec.convert(raw, part.shapes[name])
    if isinstance(found, JSONField):
        return raw
    if isinstance(raw, dict | list):
        raise ValidationError(f"{name} is no single value")
    return found.to_python(raw)


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))


def _model(part: Part) -> type[Model] | None:
    app, _, name = part.model.partition(".")
    return apps.get_model(app, name) if apps.is_installed(f"zoco.{app.removeprefix('zoco_')}") else None


_SITES = (
    Part("hostnames", "zoco_sites.Hostname", ("name",), ("name",), 1),
    Part("counting", "zoco_sites.CountingOrigin", ("origin", "since"), ("since",), 1),
    Part(
        "source rules", "zoco_sites.SourceRule",
        rule := ("position", "channel", "source", "medium", "campaign", "referrer"), rule,
    ),
    Part("source networks", "zoco_sites.SourceNetwork", ("host", "name", "category"), ("host",)),
    Part("source names", "zoco_sites.SourceName", ("host", "name"), ("host", "name")),
    Part("block lists", "zoco_sites.Exclusion", ("kind", "value", "note"), ("kind", "value")),
)  # fmt: skip
for _part in _SITES:
    PARTS.add(_part)
