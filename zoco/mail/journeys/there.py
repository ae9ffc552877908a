"""What steps name: asked for one by one, or for a whole drawing with one query a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from zoco.channels.models import Account
from zoco.consent.models import Topic
from zoco.mail.editing.models import Letter
from zoco.people.models import Attribute, Audience, Tag

Row = TypeVar("Row", bound=Model)
_HELD: ContextVar[dict[str, dict[Any, Any]] | None] = ContextVar("held", default=None)


@contextmanager
def at_once() -> Iterator[None]:
    """Read each table that is asked for whole, the first time; what changes meanwhile is not seen."""
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def letter(key: object, *, is_ready: bool = False) -> Letter | None:
    """Return a letter; `is_ready` only one that is not put away and says something."""
    rows = Letter.objects.only("name")
    if is_ready:
        return _one("ready", rows.filter(is_archived=False, editions__isnull=False), "pk", key)
    return _one("letter", rows, "pk", key)


def audience(key: object) -> Audience | None:
    """Return an audience, without its people."""
    return _one("audience", Audience.objects.only("name", "kind"), "pk", key)


def attribute(key: object) -> Attribute | None:
    """Return an attribute."""
    return _one("attribute", Attribute.objects.all(), "key", key)


def account(key: object) -> Account | None:
    """Return an account."""
    return _one("account", Account.objects.only("name", "adapter", "is_on"), "pk", key)


def topic(key: object) -> Topic | None:
    """Return a topic of advertising."""
    return _one("topic", Topic.objects.only("key"), "key", key)


def tag(key: object) -> Tag | None:
    """Return a tag."""
    return _one("tag", Tag.objects.only("name"), "pk", key)


def _one(name: str, rows: QuerySet[Row], by: str, key: object) -> Row | None:
    if isinstance(key, bool) or not isinstance(key, str if by == "key" else int):
        return None
    held = _HELD.get()
    if held is None:
        return rows.filter(**{by: key}).first()
    if name not in held:
        held[name] = {getattr(each, by): each for each in rows}
    found: Row | None = held[name].get(key)
    return found
