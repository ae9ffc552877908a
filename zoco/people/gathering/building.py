"""Building a tree without code: each button of the page is an act on a draft, at a place in its tree.

Nothing is kept meanwhile: the draft lies in the page. Places are numbers from the root down, "0.1".
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.forms import CheckboxInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from zoco.kit.plugs import PlugUnknown
from zoco.ledger.pictures import formats
from zoco.people.audiences.counting import Counts
from zoco.people.audiences.leaves import LEAVES, Leaf, LeafForm, LeafWrong
from zoco.people.audiences.rules import (
    Group,
    Node,
    Not,
    Rule,
    RuleWrong,
    below,
    is_empty,
    rules_of,
    rules_read,
    rules_write,
)

Place = tuple[int, ...]
NOBODY = Group(True, ())
DRAFT_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Asking:
    """The form of a rule that is being written: which, where, and whether it is new there."""

    leaf: Leaf
    place: Place
    is_new: bool
    form: LeafForm


@dataclass(frozen=True, slots=True)
class Draft:
    """A tree that is being built, and the rule that is being written, if any."""

    root: Group
    asking: Asking | None = None

    @property
    def text(self) -> str:
        """The tree as it lies in the page."""
        return json.dumps(rules_write(self.root), ensure_ascii=False)


def draft_of(raw: object) -> Draft:
    """Return the draft of written rules. Raises RuleWrong."""
    if not raw:
        return Draft(NOBODY)
    root = rules_read(raw, is_draft=True)
    return Draft(root if isinstance(root, Group) else Group(True, (root,)))


def draft_read(text: str) -> Draft:
    """Read a draft as it lay in a page. Raises RuleWrong."""
    try:
        return draft_of(json.loads(text[:DRAFT_LONGEST]) if text else None)
    except (ValueError, RecursionError) as error:
        if isinstance(error, RuleWrong):
            raise
        raise RuleWrong(gettext_noop("The rules in this page cannot be read; load it again.")) from None


def acted(draft: Draft, act: str, given: Mapping[str, Any]) -> Draft:
    """Return the draft after a button was pressed. Raises RuleWrong; an act that is unknown does nothing."""
    verb, _colon, where = act.partition(":")
    place = _place(where)
    at = _at(draft.root, place)
    if at is None:
        return draft
    match verb:
        case "rule" if isinstance(at, Group):
            return _asking(draft, str(given.get(f"kind-{where}", "")), place)
        case "edit" if isinstance(at, Rule):
            return _asking(draft, at.leaf, place, at)
        case "group" if isinstance(at, Group):
            inner = Group(not at.is_all, ())
            return _held(draft, place, lambda node: Group(at.is_all, (*at.nodes, inner)))
        case "turn" if isinstance(at, Group):
            return _held(draft, place, lambda node: replace(at, is_all=not at.is_all))
        case "not" if place:
            return _held(draft, place, lambda node: node.node if isinstance(node, Not) else Not(node))
        case "drop" if place:
            return _held(draft, place, lambda node: None)
        case "up" | "down" if place:
            return _moved(draft, place, -1 if verb == "up" else 1)
    return draft


def put(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """Put the rule into the draft whose form was filled in; with errors it stays open."""
    try:
        leaf = LEAVES.get(str(given.get("leaf", "")))
    except PlugUnknown:
        return draft
    place = _place(str(given.get("at", "")))
    is_new, at = given.get("is_new") == "1", _at(draft.root, place)
    if not isinstance(at, Group if is_new else Rule):
        return draft
    form = _form(leaf, given)
    if not form.is_valid():
        return replace(draft, asking=Asking(leaf, place, is_new, form))
    rule = Rule(leaf.key, form.rule())
    if isinstance(at, Group):
        return _held(draft, place, lambda node: Group(at.is_all, (*at.nodes, rule)))
    return _held(draft, place, lambda node: rule)


def _form(leaf: Leaf, data: Mapping[str, Any] | None, **more: Any) -> LeafForm:
    form = leaf.form(data, prefix="rule", label_suffix="", auto_id="z-%s", **more)
    for field in form.fields.values():
        if not isinstance(field.widget, CheckboxInput):
            field.widget.attrs["class"] = "z-in"
    return form


def _asking(draft: Draft, key: str, place: Place, rule: Rule | None = None) -> Draft:
    if key not in LEAVES:
        return draft
    leaf, initial = LEAVES.get(key), {}
    if rule is not None:
        try:
            initial = leaf.form.data_of(rule.said)
        except LeafWrong:
            initial = {}
    return replace(draft, asking=Asking(leaf, place, rule is None, _form(leaf, None, initial=initial)))


def _at(node: Node, place: Place) -> Node | None:
    for number in place:
        nodes = below(node)
        if number >= len(nodes):
            return None
        node = nodes[number]
    return node


def _held(draft: Draft, place: Place, change: Callable[[Any], Node | None]) -> Draft:
    """Return the draft with a node changed, or without it, held to the bounds. Raises RuleWrong."""
    root = _changed(draft.root, place, change)
    if not isinstance(root, Group):
        return draft
    rules_read(rules_write(root), is_draft=True)
    return Draft(root)


def _changed(node: Node, place: Place, change: Callable[[Any], Node | None]) -> Node | None:
    if not place:
        return change(node)
    first, rest = place[0], place[1:]
    if isinstance(node, Not):
        inner = _changed(node.node, rest, change)
        return None if inner is None else Not(inner)
    nodes = [_changed(each, rest, change) if n == first else each for n, each in enumerate(below(node))]
    return Group(isinstance(node, Group) and node.is_all, tuple(each for each in nodes if each is not None))


def _moved(draft: Draft, place: Place, by: int) -> Draft:
    above = _at(draft.root, place[:-1])
    if not isinstance(above, Group) or not 0 <= place[-1] + by < len(above.nodes):
        return draft
    nodes = list(above.nodes)
    nodes[place[-1]], nodes[place[-1] + by] = nodes[place[-1] + by], nodes[place[-1]]
    return _held(draft, place[:-1], lambda node: Group(above.is_all, tuple(nodes)))


def shown(node: Node, counts: Counts, place: Place = (), *, has_not: bool = False) -> dict[str, Any]:
    """Return a node as the page shows it: in words, with how many fit it alone, and its place."""
    if isinstance(node, Not):
        inner = shown(node.node, counts, (*place, 0), has_not=True)
        return {**inner, "whole": _written(place), **_counted(counts, place)}
    own = {"place": _written(place), "whole": _written(place), "has_not": has_not, **_counted(counts, place)}
    if isinstance(node, Rule):
        return {**own, "is_rule": True, "words": said(node), "wrong": node.wrong, "name": said(node)[:60]}
    nodes = [shown(each, counts, (*place, number)) for number, each in enumerate(below(node))]
    words = (
        _("All of these are true") if isinstance(node, Group) and node.is_all else _("Any of these is true")
    )
    name = ngettext("group of %(n)s rule", "group of %(n)s rules", many := sum(1 for _rule in rules_of(node)))
    return {
        **own,
        "nodes": nodes,
        "words": words,
        "name": name % {"n": formats.count(many)},
        "is_root": not place,
    }


def _place(text: str) -> Place:
    digits = [each for each in text.split(".") if each.isascii() and each.isdigit() and len(each) < 4]
    return tuple(map(int, digits))


def _written(place: Place) -> str:
    return ".".join(map(str, place))


def _counted(counts: Counts, place: Place) -> dict[str, str]:
    if place not in counts:
        return {"people": ""}
    words = ngettext("%(count)s person", "%(count)s people", counts[place])
    return {"people": words % {"count": formats.count(counts[place])}}


def said(node: Node) -> str:
    """Return a tree in words, in one sentence."""
    match node:
        case Rule(leaf, rule, wrong):
            return str(LEAVES.get(leaf).label) if wrong else LEAVES.get(leaf).said(rule)
        case Not():
            return _("not: %(rule)s") % {"rule": said(node.node)}
        case Group():
            parts = [said(each) for each in node.nodes if not is_empty(each)]
            if len(parts) < 2:
                return "".join(parts)
            many = "; ".join(parts)
            return (_("all of (%(rules)s)") if node.is_all else _("any of (%(rules)s)")) % {"rules": many}
