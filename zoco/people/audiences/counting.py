"""Who fits a tree of rules: each leaf gives a bitmap, the tree combines them.

Whoever does not fit a rule is never listed: "everybody but these" goes up the tree until something else
bounds it. What the ledger is asked begins first and is waited for last: meanwhile the database is read. Of a
draft, groups that are empty still are passed over.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.people.audiences.leaves import LEAVES, Asked, Found, LeafWrong
from zoco.people.audiences.rules import Group, Node, Not, Rule, below, is_empty, rules_of

Counts = dict[tuple[int, ...], int]


def people_of(node: Node, asked: Asked, counts: Counts | None = None) -> BitMap:
    """Return the people who fit; into `counts` goes how many fit each node by itself, by its place.

    Raises LeafWrong, QueryFailed, StoreBusy.
    """
    with asked.ahead():
        for rule in rules_of(node):
            begin = getattr(LEAVES.get(rule.leaf), "begin", None)
            if begin is not None and not rule.wrong:
                begin(rule.said, asked)
        return settled(_found(node, asked, (), counts), asked)


def _found(node: Node, asked: Asked, place: tuple[int, ...], counts: Counts | None) -> Found:
    match node:
        case Rule(leaf, said, wrong):
            if wrong:
                raise LeafWrong(gettext_noop("A rule does not hold any more: %(why)s"), why=wrong)
            here = LEAVES.get(leaf).found(said, asked)
        case Not():
            inner = _found(node.node, asked, (*place, 0), counts)
            here = Found(inner.people, not inner.is_rest, inner.is_sure)
        case Group():
            parts = [
                _found(each, asked, (*place, number), counts)
                for number, each in sorted(enumerate(below(node)), key=_is_begun)
                if not is_empty(each)
            ]
            here = _all(parts) if node.is_all else _any(parts)
    if counts is not None:
        counts[place] = len(settled(here, asked))
    return here


def _is_begun(numbered: tuple[int, Node]) -> bool:
    return any(hasattr(LEAVES.get(rule.leaf), "begin") for rule in rules_of(numbered[1]))


def settled(found: Found, asked: Asked) -> BitMap:
    """Return the people themselves: of those who are there, and nobody who was merged."""
    if found.is_rest:
        return asked.everybody - found.people
    return found.people - asked.merged if found.is_sure else found.people & asked.everybody


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
