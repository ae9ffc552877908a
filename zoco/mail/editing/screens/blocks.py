"""What the editor shows of blocks: fields with labels, what is wrong at its block, what may be added."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zoco.kit.showing import SHOWCASES
from zoco.mail.editing.screens.nodes import Node, Nodes
from zoco.mail.editing.screens.picking import seen_here
from zoco.mail.editing.screens.values import value_shown
from zoco.mail.editing.wrongs import Wrong
from zoco.mail.letters.blocks import BLOCKS, COLUMNS_MOST
from zoco.mail.letters.conditions import CONDITIONS
from zoco.mail.letters.fields import Field
from zoco.mail.letters.placeholders import VALUE_LONGEST
from zoco.mail.letters.values import ROOTS

CONDITIONS_MOST = 2_000
OFFERED_MOST = 100
Shown = dict[str, Any]


def conditions_offered() -> dict[str, str]:
    """Return all conditions that a block may name, by the words that stand for them."""
    return {
        f"{kind.label}: {words}": f"{kind.key}:{name}"
        for kind in CONDITIONS
        for name, words in list(kind.choices())[:CONDITIONS_MOST]
    }


def kinds_offered(*, is_within: bool) -> list[tuple[str, Any]]:
    """Return (key, label) of the kinds that may be added, `is_within` a column or not."""
    return [(kind.key, kind.label) for kind in BLOCKS if not (is_within and kind.is_section)]


def nodes_shown(nodes: Nodes, wrongs: Iterable[Wrong], conditions: Mapping[str, str]) -> list[Shown]:
    """Return blocks for the page, each with what is wrong with it."""
    by_place: dict[tuple[int, ...], list[str]] = {}
    for each in wrongs:
        by_place.setdefault(each.place, []).append(each.words)
    words = {key: label for label, key in conditions.items()}
    return [_node(each, (at,), "", by_place, words) for at, each in enumerate(nodes.root)]


def _node(
    node: Node,
    place: tuple[int, ...],
    within: str,
    wrongs: Mapping[tuple[int, ...], list[str]],
    words: Mapping[str, str],
) -> Shown:
    number = ".".join(str(each + 1) for each in place)
    columns = [
        {
            "place": f"{node.name}.{at}",
            "number": at + 1,
            "nodes": [
                _node(each, (*place, at, row), f"{node.name}.{at}", wrongs, words)
                for row, each in enumerate(column)
            ],
        }
        for at, column in enumerate(node.columns)
    ]
    return {
        "name": node.name,
        "listed": f"{node.name}:{node.kind}:{within}",
        "label": BLOCKS.get(node.kind).label if node.kind in BLOCKS else node.kind,
        "number": number,
        "is_there": node.kind in BLOCKS,
        "is_section": node.is_section,
        "fields": [_field(each, node) for each in node.fields if _is_asked(each, node)],
        "kept": json.dumps(node.kept) if node.kept else "",
        "columns": columns,
        "seen": seen_here(node.said),
        "may_more": len(columns) < COLUMNS_MOST,
        "who": node.who,
        "condition": words.get(node.condition, node.condition),
        "wrongs": wrongs.get(place, []),
        "is_within": bool(within),
    }


def _is_asked(field: Field, node: Node) -> bool:
    """Return whether a field is shown: what nobody offers is not asked for."""
    return field.kind != "chosen" or bool(node.said.get(field.name) or _offered(node.kind))


def _offered(kind: str) -> list[tuple[str, str]]:
    return [
        (f"{showcase.key}:{key}", title)
        for showcase in SHOWCASES
        if showcase.kind == kind
        for key, title in showcase.found("", OFFERED_MOST)
    ]


def _field(field: Field, node: Node) -> Shown:
    value = value_shown(field, node.said)
    choices: Sequence[tuple[str, Any]] = [(str(key), label) for key, label in field.choices]
    if field.kind == "chosen":
        choices = [("", _("nothing, only what stands below")), *_offered(node.kind)]
        if value not in dict(choices):
            choices = [*choices, (value, value)]
    return {
        "id": f"z-{node.name}-{field.name}",
        "name": f"{node.name}-{field.name}",
        "label": field.label,
        "kind": field.kind,
        "help": field.help,
        "most": field.most,
        "value": value,
        "choices": choices,
    }


def placeholders_offered() -> list[Shown]:
    """Return what can be filled in, by root: each as it is written, with a default where it may lack."""
    found = []
    for root in ROOTS:
        fields = [
            {"written": _written(root.key, name), "label": str(label)[:VALUE_LONGEST]}
            for name, label in root.fields()
        ]
        if fields:
            found.append({"label": root.label, "fields": fields})
    return found


def _written(root: str, name: str) -> str:
    if root != "person":
        return "{{ %s.%s }}" % (root, name)  # noqa: UP031 -- braces
    usual = {"given_name": _("friend"), "name": _("friend"), "city": _("your town")}.get(name, "…")
    return '{{ person.%s|default("%s") }}' % (name, usual)  # noqa: UP031
