"""A letter as it is at the start of its sending: kept as JSON, so that what leaves later is the same."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.letters.blocks import block_kind
from zoco.mail.letters.drafts import Draft, Look, Value, many
from zoco.mail.letters.parts import with_shown
from zoco.mail.letters.writing import Room

SHOWN = ("product", "article", "coupon")
"""Blocks that may show what an area knows, which may change."""


def drafts_of(letter: Letter, subjects: Mapping[str, str]) -> list[Draft]:
    """Return a letter in its languages, with other subjects where there are any."""
    return [
        replace(each, subject=subjects.get(each.language) or each.subject) for each in letter_drafts(letter)
    ]


def frozen(letter: Letter, subjects: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a letter as it is kept. Raises LetterWrong where what a block shows is gone."""
    return [
        asdict(replace(each, blocks=[_still(block, Room(each)) for block in each.blocks]))
        for each in drafts_of(letter, subjects)
    ]


def thawed(kept: list[Mapping[str, Any]]) -> list[Draft]:
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
    return {**block, "value": value}
