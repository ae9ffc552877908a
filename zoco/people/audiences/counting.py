"""Who fits a tree of rules: each leaf gives a bitmap, the tree combines them.

Whoever does not fit a rule is never listed: "everybody but these" goes up the tree until something else
bounds it. Of a draft, groups that are empty still are passed over.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.people.audiences.bitmaps import merged
from zoco.people.audiences.leaves import LEAVES, Asked, Found, LeafWrong
from zoco.people.audiences.rules import Group, Node, Not, Rule, below, is_empty

Counts = dict[tuple[int, ...], int]


def people_of(node: Node, asked: Asked) -> BitMap:
    """Return the people who fit. Raises LeafWrong, QueryFailed, StoreBusy."""
    return settled(found(node, asked), asked)


def found(node: Node, asked: Asked, place: tuple[int, ...] = (), counts: Counts | None = None) -> Found:
    """Return whom a node holds for; into `counts` goes how many fit each node by itself, by its place."""
    match node:
        case Rule(leaf, said, wrong):
            if wrong:
                raise LeafWrong(gettext_noop("A rule does not hold any more: %(why)s"), why=wrong)
            here = LEAVES.get(leaf).found(said, asked)
        case Not():
            inner = found(node.node, asked, (*place, 0), counts)
            here = Found(inner.people, not inner.is_rest, inner.is_sure)
        case Group():
            parts = [
                found(each, asked, (*place, number), counts)
                for number, each in enumerate(below(node))
                if not is_empty(each)
            ]
            here = _all(parts) if node.is_all else _any(parts)
    if counts is not None:
        counts[place] = len(settled(here, asked))
    return here


def settled(found: Found, asked: Asked) -> BitMap:
    """Return the people themselves: of those who are there, and nobody who was merged."""
    if found.is_rest:
        return asked.everybody - found.people
    return found.people - merged() if found.is_sure else found.people & asked.everybody


def _all(parts: Sequence[Found]) -> Found:
    given = [each for each in parts if not each.is_rest]
    rests = [each.people for each in parts if each.is_rest]
    if not given:
        return Found(reduce(or_, rests, BitMap()), is_rest=True)
    people = reduce(and_, sorted((each.people for each in given), key=len))
    return Found(reduce(lambda left, rest: left - rest, rests, people), is_sure=any(e.is_sure for e in given))


def _any(parts: Sequence[Found]) -> Found:
    given = [each.people for each in parts if not each.is_rest]
    rests = [each.people for each in parts if each.is_rest]
    either = reduce(or_, given, BitMap())
    if rests:
        return Found(reduce(and_, rests) - either, is_rest=True)
    return Found(either, is_sure=all(each.is_sure for each in parts))
