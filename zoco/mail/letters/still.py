"""A letter as it is at a moment: kept as JSON, so that what is made of it later is the same."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from zoco.mail.letters.blocks import block_kind
from zoco.mail.letters.drafts import Draft, Look, Value, many
from zoco.mail.letters.parts import with_shown
from zoco.mail.letters.writing import Room

SHOWN = ("product", "article", "coupon")
"""Blocks that may show what an area knows, which may change."""


def stilled(draft: Draft) -> dict[str, Any]:
    """Return one language as it is kept. Raises LetterWrong where what a block shows is gone."""
    return asdict(replace(draft, blocks=[_still(block, Room(draft)) for block in draft.blocks]))


def thawed(kept: Iterable[Mapping[str, Any]]) -> list[Draft]:
    """Return what is kept as what letters are made of."""
    return [Draft(**{**each, "look": Look(**each["look"])}) for each in kept]


def _still(block: Value, room: Room) -> Value:
    """Return a block that asks nobody any more for what it shows."""
    kind, value = block_kind(block).key, block.get("value") or {}
    if kind in SHOWN and value.get("chosen"):
        value = {**with_shown(value, kind, room), "chosen": ""}
    elif kind == "columns":
        columns = [
            {**each, "blocks": [_still(one, room) for one in many(each, "blocks")]}
            for each in many(value, "columns")
        ]
        value = {**value, "columns": columns}
    else:
        value = block_kind(block).still(value, room)
    return {**block, "value": value}
