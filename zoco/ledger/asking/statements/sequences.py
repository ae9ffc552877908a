"""Sequences: what rows of a group have, in order of time, and how each engine writes that down."""

# mypy: disable-error-code="type-arg"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import sqlglot.expressions as sge

# A piece of SQL: an expression of sqlglot.
Sql = Any


class InOrder(ops.Reduction):
    """The values of a group as a list, in the order of a number."""

    arg: ops.Value
    by: ops.Value[dt.Int64]

    @property
    def dtype(self) -> dt.DataType:
        found: dt.DataType = dt.dtype(f"array<!{self.arg.dtype.copy(nullable=True)}>")
        return found


class Picked(ops.Value):
    """Of a list the members that another list names by number, from 1; without any where there is none."""

    arg: ops.Value[dt.Array]
    numbers: ops.Value[dt.Array]
    shape = rlz.shape_like("args")
    dtype = rlz.dtype_like("arg")


class ListOrNone(ops.Value):
    """A list; one without members where there is none."""

    arg: ops.Value[dt.Array]
    shape = rlz.shape_like("arg")
    dtype = rlz.dtype_like("arg")


class EachDivided(ops.Value):
    """Of a list of whole numbers from 0 what each is by another one, without or as the remainder."""

    arg: ops.Value[dt.Array]
    by: int
    is_rest: bool
    dtype = dt.dtype("array<int64>")
    shape = rlz.shape_like("arg")


class IdInOrder(ops.Value):
    """A fact's id as something to order by alone: as its text would be, quicker where that is the same."""

    arg: ops.Value[dt.UUID]
    dtype = dt.String(nullable=False)
    shape = rlz.shape_like("arg")


def expression(operation: Any) -> Any:
    """Return an operation as a value of Ibis."""
    return operation.to_expr()


class SequencesOnDuckDB:
    """DuckDB's words: it orders within the list's own call."""

    f: Any

    def visit_InOrder(self, op: InOrder, *, arg: Any, by: Any) -> Sql:
        if arg == by:
            # Gathered and then sorted takes half as long as gathered in order.
            return self.f.anon.list_sort(self.f.anon.list(arg))
        return self.f.anon.list(sge.Order(this=arg, expressions=[sge.Ordered(this=by, nulls_first=False)]))

    def visit_Picked(self, op: Picked, *, arg: Any, numbers: Any) -> Sql:
        return self.f.coalesce(self.f.anon.list_select(arg, numbers), sge.Array(expressions=[]))

    def visit_ListOrNone(self, op: ListOrNone, *, arg: Any) -> Sql:
        return self.f.coalesce(arg, sge.Array(expressions=[]))

    def visit_EachDivided(self, op: EachDivided, *, arg: Any, by: int, is_rest: bool) -> Sql:
        return sge.Var(this=f"[x {'%' if is_rest else '//'} {by} for x in {arg.sql('duckdb')}]")

    def visit_IdInOrder(self, op: IdInOrder, *, arg: Any) -> Sql:
        return arg


class SequencesOnClickHouse:
    """ClickHouse's words: it gathers as rows come, so tuples are gathered and sorted. No list is null."""

    f: Any

    def visit_InOrder(self, op: InOrder, *, arg: Any, by: Any) -> Sql:
        rows = self.f.anon.arraySort(self.f.anon.groupArray(self.f.anon.tuple(by, arg)))
        return self._each(lambda one: self.f.anon.tupleElement(one, sge.convert(2)), rows)

    def visit_Picked(self, op: Picked, *, arg: Any, numbers: Any) -> Sql:
        return self._each(lambda one: self.f.anon.arrayElement(arg, one), numbers)

    def visit_ListOrNone(self, op: ListOrNone, *, arg: Any) -> Sql:
        return arg

    def visit_EachDivided(self, op: EachDivided, *, arg: Any, by: int, is_rest: bool) -> Sql:
        divided = self.f.anon.modulo if is_rest else self.f.anon.intDiv
        return self._each(lambda one: divided(one, sge.convert(by)), arg)

    def visit_IdInOrder(self, op: IdInOrder, *, arg: Any) -> Sql:
        # By itself it orders UUIDs by their second half.
        return self.f.anon.toString(arg)

    def _each(self, made: Callable[[Sql], Sql], rows: Sql) -> Sql:
        one = sge.to_identifier("x")
        return self.f.anon.arrayMap(sge.Lambda(this=made(sge.Column(this=one)), expressions=[one]), rows)
