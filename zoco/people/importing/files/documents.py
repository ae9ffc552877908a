"""JSON of other programs as a table: a list of people, all that is held of one, or what they did.

A whole document is read at once and is bounded for that; one with an object on each line may be of any size.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import gettext_noop

from zoco.people.importing.files.tables import TableWrong

WHOLE_MOST = 64 << 20
_WRAPS = ("data", "results", "emails", "members", "contacts", "subscribers")
"""Under these programs put the list that was asked for."""
_SPREAD = ("attribs", "attributes", "lists", "subscriptions")
"""These stay JSON: `reading` makes columns of them."""
Record = dict[str, Any]


def is_document(head: bytes) -> bool:
    """Say by its first bytes whether a file is JSON."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def document_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the head, then a row for each person or deed, with its object's number. Raises TableWrong."""
    keys = list(dict.fromkeys(key for _number, row in _rows(path) for key in row))
    if any("\0" in key for key in keys):
        raise TableWrong(_no_key())
    yield 0, keys
    for number, row in _rows(path):
        yield number, [_cell(key, row.get(key)) for key in keys]


def _rows(path: Path) -> Iterator[tuple[int, Record]]:
    for number, record in enumerate(_records(path), 1):
        for row in _flat(record):
            yield number, row


def _records(path: Path) -> Iterator[Any]:
    if path.stat().st_size <= WHOLE_MOST:
        try:
            yield from _unwrapped(msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf")))
        except (msgspec.MsgspecError, RecursionError):
            pass
        else:
            return
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                try:
                    yield from _unwrapped(msgspec.json.decode(line))
                except (msgspec.MsgspecError, RecursionError) as error:
                    raise TableWrong(_wrong()) from error


def _wrong() -> str:
    return gettext_noop(
        "This JSON cannot be read: it is torn, or too large and not written with an object on each line."
    )


def _no_key() -> str:
    return gettext_noop(
        "The name of a field in this JSON holds the character NUL, which no table can have; take it out, "
        "then upload the file again."
    )


def _unwrapped(found: Any) -> Iterable[Any]:
    while isinstance(found, dict):
        inner = next((found[key] for key in _WRAPS if _is_objects(found.get(key))), None)
        if inner is None:
            return [found]
        found = inner
    return found if isinstance(found, list) else [found]


def _is_objects(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(each, dict) for each in value)
    )


def _flat(record: Any) -> list[Record]:
    """Return the rows of an object: one, or one for each thing that somebody did."""
    if not isinstance(record, dict):
        raise TableWrong(_wrong())
    if record and all("@" in key and isinstance(deeds, list) for key, deeds in record.items()):
        told = ((key, deed) for key, deeds in record.items() for deed in deeds)
        return [{"email": key} | deed for key, deed in told if isinstance(deed, dict)]
    profile = record.get("profile")
    if isinstance(profile, list) and profile and isinstance(profile[0], dict):
        return [profile[0] | {"lists": record.get("subscriptions")}]
    deeds = record.get("activity")
    if isinstance(deeds, list):
        whose = {key: value for key, value in record.items() if key not in ("activity", "_links")}
        return [whose | deed for deed in deeds if isinstance(deed, dict)]
    return [record]


def _cell(key: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | dict() if key.casefold() in _SPREAD:
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "|".join(_cell(key, each) for each in value)
        case dict():
            return _cell("", value["name"]) if "name" in value else json.dumps(value, ensure_ascii=False)
        case str():
            return value.replace("\0", "").encode("utf-8", "replace").decode()
    return str(value)
