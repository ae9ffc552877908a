"""Along: the vocabulary of windows over facts in order, of a visit or of whatever else they are grouped by.

Always by (occurred_at, id), and always looking back: engines differ in what looking ahead means, in what
order ids have, and in what there is where no row is.
"""

from __future__ import annotations

from collections.abc import Sequence

from zoco.ledger.expr import Table, Value, ones


def before_in_visit(column: Value, rows: Table) -> Value:
    """Return the text that the row before in the same session has by (occurred_at, id); "" for none."""
    return _beside_in_visit(column, rows, is_after=False)


def after_in_visit(column: Value, rows: Table) -> Value:
    """Return the text that the next row of the same session has by (occurred_at, id); "" for none."""
    return _beside_in_visit(column, rows, is_after=True)


def _beside_in_visit(column: Value, rows: Table, *, is_after: bool) -> Value:
    """Look back along a window either way: engines differ in what looking ahead means."""
    import ibis

    order = _ordered(rows, is_back=is_after)
    return column.lag().over(ibis.window(group_by=rows.session, order_by=order)).fill_null("")


def with_latest_in_visit(rows: Table, column: str, is_one: Value, name: str) -> Table:
    """Return the rows with one text more: the column of the row's session at the latest row at or before
    it, by (occurred_at, id), for which a condition holds; "" where there is none yet.
    """
    import ibis

    until = ibis.window(group_by=rows.session, order_by=_order(rows), preceding=None, following=0)
    placed = rows.mutate(__one=is_one).mutate(__place=lambda each: ones(each["__one"]).sum().over(until))
    held = placed["__one"].ifelse(placed[column], "").max()
    found = held.over(ibis.window(group_by=[placed.session, placed["__place"]]))
    return placed.mutate(**{name: found}).drop("__one", "__place")


def latest_before(column: Value, rows: Table, *by: str) -> Value:
    """Return the largest that the rows before have in a column of numbers from 0, by group; else 0."""
    import ibis

    until = ibis.window(group_by=[rows[name] for name in by], order_by=_order(rows), preceding=(None, 1))
    return column.max().over(until).fill_null(0)


def just_before(column: Value, rows: Table, *by: str) -> Value:
    """Return what the row before has in a column of numbers, in the same group; 0 where there is none."""
    import ibis

    groups = [rows[name] for name in by]
    return column.lag().over(ibis.window(group_by=groups, order_by=_order(rows))).fill_null(0)


def so_far(column: Value, rows: Table, *by: str, is_back: bool = False) -> Value:
    """Return the sum of a column over the rows of a group up to each by (occurred_at, id), or `is_back`
    from the last one back to it.
    """
    import ibis

    groups, order = [rows[name] for name in by], _ordered(rows, is_back=is_back)
    return column.sum().over(ibis.cumulative_window(group_by=groups, order_by=order))


def turn(rows: Table, *by: str, is_back: bool = False) -> Value:
    """Return each row's place in its group by (occurred_at, id), from 1; `is_back` from the last one."""
    return place_in(rows, by, *_ordered(rows, is_back=is_back))


def lagged(column: Value, rows: Table, *by: str, empty: str | int, is_back: bool = False) -> Value:
    """Return what the row before has in the same group by (occurred_at, id), or `is_back` the row after;
    `empty` where there is none.
    """
    import ibis

    groups, order = [rows[name] for name in by], _ordered(rows, is_back=is_back)
    return column.lag().over(ibis.window(group_by=groups, order_by=order)).fill_null(empty)


def place_in(rows: Table, by: Sequence[str], *order: Value) -> Value:
    """Return each row's place among the rows of its group in an order, from 1."""
    import ibis

    return ibis.row_number().over(ibis.window(group_by=[rows[name] for name in by], order_by=list(order))) + 1


def in_row_before(column: Value, rows: Table, order: str, *by: str) -> Value:
    """Return what the row before has, of rows in the order of a column, in the same group; 0 for none."""
    import ibis

    groups = [rows[name] for name in by] or None
    return column.lag().over(ibis.window(group_by=groups, order_by=rows[order])).fill_null(0)


def in_order(column: Value, by: Value) -> Value:
    """Return the values that a group has as a list, in the order of a column of whole numbers."""
    from zoco.ledger.asking.statements.sequences import InOrder, expression

    return expression(InOrder(column, by))


def each_divided(numbers: Value, by: int, *, is_rest: bool = False) -> Value:
    """Return a list of whole numbers from 0, each divided by another one: how often, or what remains."""
    from zoco.ledger.asking.statements.sequences import EachDivided, expression

    return expression(EachDivided(numbers, by, is_rest))


def picked(members: Value, numbers: Value) -> Value:
    """Return of a list the members that another one names by number, from 1."""
    from zoco.ledger.asking.statements.sequences import Picked, expression

    return expression(Picked(members, numbers))


def list_or_none(column: Value) -> Value:
    """Return lists, those that are null as lists without members."""
    from zoco.ledger.asking.statements.sequences import ListOrNone, expression

    return expression(ListOrNone(column))


def place(rows: Table, *order: Value) -> Value:
    """Return each row's place among all rows in an order, from 1."""
    import ibis

    return ibis.row_number().over(ibis.window(order_by=list(order))) + 1


def nothing(kind: str) -> Value:
    """Return a list without members, of a kind such as array<!int64>."""
    import ibis

    return ibis.literal([], type=kind)


def of_group(value: Value, rows: Table, *by: str) -> Value:
    """Return at each row what a sum or the like is over its group; over all rows without one."""
    import ibis

    return value.over(ibis.window(group_by=[rows[name] for name in by] or None))


def numbered(number: Value, values: Sequence[Value]) -> Value:
    """Return of values the one that a number chooses, from 1; the last one for any other."""
    import ibis

    *others, last = values
    return ibis.cases(*((number == n, value) for n, value in enumerate(others, 1)), else_=last)


def _ordered(rows: Table, *, is_back: bool) -> list[Value]:
    return [each.desc() if is_back else each.asc() for each in _order(rows)]


def _order(rows: Table) -> list[Value]:
    from zoco.ledger.asking.statements.sequences import IdInOrder, expression

    return [rows.occurred_at, expression(IdInOrder(rows.id))]
