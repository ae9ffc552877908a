"""Trees of rules: read from JSON, held to bounds, and written again.

`{"version": 1, "rules": …}` where a node is `{"all": […]}`, `{"any": […]}`, `{"not": …}` or a leaf,
`{"leaf": "tag", …}`; what else a leaf says is its plug's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from zoco.kit.plugs import PlugUnknown
from zoco.kit.said import Said
from zoco.people.audiences.leaves import LEAVES, LeafWrong
from zoco.sites.wording import said_whole

VERSION = 1
DEPTH_MOST = 6
LEAVES_MOST = 40
Json = Mapping[str, Any]


class RuleWrong(Said, ValueError):
    """A tree that cannot be; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A leaf: the key of its plug, and what it says. In a draft it may be `wrong`: a sentence says why."""

    leaf: str
    said: Json
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes of which all must hold, or any."""

    is_all: bool
    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    node: "Node"


Node = Rule | Group | Not


def rules_read(raw: object, *, is_draft: bool = False) -> Node:
    """Read a tree with its version. Raises RuleWrong.

    A draft may have groups that are empty still, and rules that are wrong or hold no more.
    """
    if not isinstance(raw, Mapping) or "rules" not in raw:
        words = gettext_noop('Write the rules as {"version": 1, "rules": {"all": […]}}.')
        raise RuleWrong(words)
    if raw.get("version") != VERSION:
        words = gettext_noop("These rules are of version %(version)r; this program reads version %(known)s.")
        raise RuleWrong(words, version=raw.get("version"), known=VERSION)
    node = _node(raw["rules"], "rules", 1, is_draft=is_draft)
    if (many := sum(1 for _rule in rules_of(node))) > LEAVES_MOST:
        words = gettext_noop("There are %(many)s rules; at most %(most)s are counted. Part the audience.")
        raise RuleWrong(words, many=many, most=LEAVES_MOST)
    return node


def rules_write(node: Node) -> dict[str, Any]:
    """Write a tree with its version, so that `rules_read` reads the same."""
    return {"version": VERSION, "rules": _written(node)}


def rules_of(node: Node) -> Iterator[Rule]:
    """Yield the leaves of a tree, from first to last."""
    if isinstance(node, Rule):
        yield node
    for each in below(node):
        yield from rules_of(each)


def below(node: Node) -> tuple[Node, ...]:
    """Return the nodes right below one."""
    if isinstance(node, Group):
        return node.nodes
    return (node.node,) if isinstance(node, Not) else ()


def is_empty(node: Node) -> bool:
    """Say whether there is no rule in it."""
    return next(rules_of(node), None) is None


def _node(raw: object, place: str, depth: int, *, is_draft: bool) -> Node:
    if depth > DEPTH_MOST:
        words = gettext_noop("%(place)s lies too deep: at most %(most)s levels.")
        raise RuleWrong(words, place=place, most=DEPTH_MOST)
    kinds = [key for key in ("all", "any", "not", "leaf") if isinstance(raw, Mapping) and key in raw]
    if not isinstance(raw, Mapping) or len(kinds) != 1 or (kinds[0] != "leaf" and len(raw) > 1):
        words = gettext_noop("%(place)s is no rule: write one of all, any, not, leaf.")
        raise RuleWrong(words, place=place)
    match kinds[0]:
        case "leaf":
            return _leaf(raw, place, is_draft=is_draft)
        case "not":
            return Not(_node(raw["not"], f"{place}.not", depth + 1, is_draft=is_draft))
    kind, many = kinds[0], raw[kinds[0]]
    if not isinstance(many, list) or len(many) > LEAVES_MOST or (not many and not is_draft):
        words = gettext_noop("%(place)s must hold between 1 and %(most)s rules.")
        raise RuleWrong(words, place=f"{place}.{kind}", most=LEAVES_MOST)
    nodes = (
        _node(each, f"{place}.{kind}[{number}]", depth + 1, is_draft=is_draft)
        for number, each in enumerate(many)
    )
    return Group(kind == "all", tuple(nodes))


def _leaf(raw: Json, place: str, *, is_draft: bool) -> Rule:
    said = {key: value for key, value in raw.items() if key != "leaf"}
    try:
        leaf = LEAVES.get(str(raw["leaf"]))
        return Rule(leaf.key, leaf.read(said))
    except PlugUnknown:
        words = gettext_noop("%(place)s: there is no rule %(leaf)r; there are: %(known)s.")
        known = ", ".join(LEAVES.keys())
        raise RuleWrong(words, place=place, leaf=str(raw["leaf"])[:40], known=known) from None
    except LeafWrong as wrong:
        if is_draft:
            return Rule(leaf.key, said, said_whole(wrong))
        raise RuleWrong(gettext_noop("%(place)s: %(why)s"), place=place, why=wrong) from wrong


def _written(node: Node) -> dict[str, Any]:
    match node:
        case Rule(leaf, said, _wrong):
            return {"leaf": leaf, **said}
        case Not(inner):
            return {"not": _written(inner)}
        case Group(is_all, nodes):
            return {"all" if is_all else "any": [_written(each) for each in nodes]}
