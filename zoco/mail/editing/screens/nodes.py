"""Blocks as a form holds them: each has a name there, so that it can be moved, copied or deleted.

A form lists its blocks in their order as `b`, each as name, kind and place; what a block says stands in
fields that begin with its name. What no field asks for goes along in one of its own, and is lost by no save.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from zoco.mail.editing.screens.values import value_read
from zoco.mail.letters.blocks import BLOCKS, COLUMNS_MOST
from zoco.mail.letters.drafts import Value, many, text_of
from zoco.mail.letters.fields import Field

KIND = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_LISTED = re.compile(r"(b\d{1,6}):([a-z][a-z0-9_]{0,39}):((?:b\d{1,6}\.\d)?)\Z")
_OWN = ("columns", "only", "without")
_NOTHING = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
"""What JSON writes for the octet zero, which no text of a database has."""


@dataclass(slots=True)
class Node:
    """A block of a form. `said` are its fields, `kept` what none of them asks for."""

    name: str
    kind: str
    said: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    who: str = ""
    condition: str = ""
    columns: list[list["Node"]] = field(default_factory=list)

    @property
    def fields(self) -> Sequence[Field]:
        """What its kind asks for; nothing where the kind is not there any more."""
        return BLOCKS.get(self.kind).fields if self.kind in BLOCKS else ()

    @property
    def is_section(self) -> bool:
        """Whether it holds columns."""
        return self.kind in BLOCKS and BLOCKS.get(self.kind).is_section


class Nodes:
    """All blocks of a form, in order."""

    def __init__(self, root: list[Node]) -> None:
        self.root = root

    def __iter__(self) -> Iterator[Node]:
        yield from (each for siblings in self._lists() for each in siblings)

    @classmethod
    def of(cls, blocks: Iterable[Value]) -> "Nodes":
        """Return blocks as they are kept."""
        made = cls([])
        made.root = [made.node(each) for each in blocks]
        for number, each in enumerate(made, 1):
            each.name = f"b{number}"
        return made

    @classmethod
    def read(cls, posted: QueryDict, conditions: Mapping[str, str]) -> "Nodes":
        """Return blocks as a form sends them; `conditions` are their keys by what is read of them."""
        root: list[Node] = []
        columns: dict[str, list[Node]] = {"": root}
        for listed in posted.getlist("b"):
            found = _LISTED.match(listed)
            if found is None or found[3] not in columns:
                continue
            node = _posted(found[1], found[2], posted, conditions)
            columns[found[3]].append(node)
            columns.update({f"{node.name}.{number}": each for number, each in enumerate(node.columns)})
        return cls(root)

    def node(self, block: Value) -> Node:
        """Return a block with those in it; its name is given later."""
        found = block.get("value")
        value: dict[str, Any] = found if isinstance(found, dict) else {}
        node = Node("", text_of(block, "type"))
        asked = {each.name for each in node.fields}
        node.said = {name: each for name, each in value.items() if name in asked}
        node.kept = {name: each for name, each in value.items() if name not in asked and name not in _OWN}
        only, without = text_of(value, "only"), text_of(value, "without")
        node.who, node.condition = ("only", only) if only else ("without", without) if without else ("", "")
        if only and without:
            node.kept["without"] = without
        if node.is_section:
            columns = many(value, "columns")[:COLUMNS_MOST]
            node.columns = [[self.node(inner) for inner in many(each, "blocks")] for each in columns]
        elif "columns" in value:
            node.kept["columns"] = value["columns"]
        return node

    def blocks(self) -> list[dict[str, Any]]:
        """Return them as they are kept."""
        return [block_of(each) for each in self.root]

    def change(self, deed: str, kind: str = "", place: str = "") -> Node | None:
        """Do what a button says; returns the block that it was about, None where there is none."""
        if deed == "add":
            return self._add(kind, place)
        for siblings in self._lists():
            at = next((number for number, each in enumerate(siblings) if each.name == place), None)
            if at is not None:
                return self._moved(deed, siblings, at)
        return None

    def _moved(self, deed: str, siblings: list[Node], at: int) -> Node | None:
        node = siblings[at]
        match deed:
            case "up" | "down":
                to = min(max(at + (1 if deed == "down" else -1), 0), len(siblings) - 1)
                siblings.insert(to, siblings.pop(at))
            case "delete":
                siblings.pop(at)
                return siblings[min(at, len(siblings) - 1)] if siblings else None
            case "copy":
                node = self.node(block_of(node))
                siblings.insert(at + 1, node)
                self._named(node)
            case "more" if node.is_section and len(node.columns) < COLUMNS_MOST:
                node.columns.append([])
            case "fewer" if node.is_section and len(node.columns) > 1:
                node.columns[-2].extend(node.columns.pop())
        return node

    def _add(self, kind: str, place: str) -> Node | None:
        """Add a block: after one, at the end of a column (`b3.0`), or first of all."""
        if kind not in BLOCKS:
            return None
        node = Node("", kind, {each.name: each.initial for each in BLOCKS.get(kind).fields})
        node.columns = [[], []] if node.is_section else []
        into, at = self._place(place)
        if node.is_section and into is not self.root:
            return None
        into.insert(at, node)
        self._named(node)
        return node

    def _place(self, place: str) -> tuple[list[Node], int]:
        name, _dot, column = place.partition(".")
        for siblings in self._lists():
            for at, each in enumerate(siblings):
                for number, inner in enumerate(each.columns):
                    if each.name == name and column == str(number):
                        return inner, len(inner)
                if each.name == name and not column:
                    return siblings, at + 1
        return self.root, 0

    def _named(self, node: Node) -> None:
        last = max((int(each.name[1:]) for each in self if each.name), default=0)
        for number, each in enumerate((node, *(inner for column in node.columns for inner in column)), 1):
            each.name = f"b{last + number}"

    def _lists(self) -> list[list[Node]]:
        return [self.root, *(column for each in self.root for column in each.columns)]


def block_of(node: Node) -> dict[str, Any]:
    """Return a block as it is kept."""
    value = {**node.kept, **node.said}
    if node.who and node.condition:
        value[node.who] = node.condition
    if node.is_section:
        value["columns"] = [{"blocks": [block_of(inner) for inner in each]} for each in node.columns]
    return {"type": node.kind, "value": value}


def _posted(name: str, kind: str, posted: QueryDict, conditions: Mapping[str, str]) -> Node:
    node = Node(name, kind, kept=_kept(posted.get(f"{name}-kept", "")))
    node.said = {each.name: value_read(each, posted, f"{name}-{each.name}") for each in node.fields}
    if node.is_section:
        count = posted.get(f"{name}-columns", "")
        node.columns = [
            [] for _ in range(min(int(count), COLUMNS_MOST) if len(count) < 3 and count.isdecimal() else 0)
        ]
    who = posted.get(f"{name}-who", "")
    written = posted.get(f"{name}-condition", "").strip()
    if who in ("only", "without"):
        node.who, node.condition = who, conditions.get(written, written) or "?"
    return node


def _kept(text: str) -> dict[str, Any]:
    found = hidden_read(text or "{}")
    return found if isinstance(found, dict) else {}


def hidden_read(text: str) -> Any:
    """Return what lies in a hidden field as JSON, None where it cannot be read or no database keeps it."""
    try:
        found = json.loads(_NOTHING.sub(r"\1", text))
        json.dumps(found, ensure_ascii=False).encode()  # half a letter of two (UTF-16) has no octets
    except (ValueError, RecursionError):
        return None
    return found
