"""Sequences: what rows of a group have, in order of time, and how each engine writes that down."""

# mypy: disable-error-code="type-arg"

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import sqlglot.expressions as sge

# A piece of SQL: an expression of sqlglot.
Sql = Any


class InOrder(ops.Reduction):
    """The values of a group as a list, in the order of a number, ties by another one."""

    arg: ops.Value
    at: ops.Value[dt.Int64]
    tie: ops.Value[dt.Int64]

    @property
    def dtype(self) -> dt.DataType:
        return dt.Array(self.arg.dtype.copy(nullable=False))


class ListOrNone(ops.Value):
    """A list; one without members where there is none."""

    arg: ops.Value
    shape = rlz.shape_like("arg")
    dtype = rlz.dtype_like("arg")


class SequencesOnDuckDB:
    """DuckDB's words: it orders within the list's own call."""

    f: Any

    def visit_InOrder(self, op: InOrder, *, arg: Any, at: Any, tie: Any) -> Sql:
        order = [sge.Ordered(this=each, nulls_first=False) for each in (at, tie)]
        return self.f.anon.list(sge.Order(this=arg, expressions=order))

    def visit_ListOrNone(self, op: ListOrNone, *, arg: Any) -> Sql:
        return self.f.coalesce(arg, sge.Array(expressions=[]))


class SequencesOnClickHouse:
    """ClickHouse's words: it gathers as rows come, so tuples are gathered and sorted."""

    f: Any

    def visit_InOrder(self, op: InOrder, *, arg: Any, at: Any, tie: Any) -> Sql:
        rows = self.f.anon.arraySort(self.f.anon.groupArray(self.f.anon.tuple(at, tie, arg)))
        one = sge.to_identifier("x")
        third = self.f.anon.tupleElement(sge.Column(this=one), sge.convert(3))
        return self.f.anon.arrayMap(sge.Lambda(this=third, expressions=[one]), rows)

    def visit_ListOrNone(self, op: ListOrNone, *, arg: Any) -> Sql:
        return arg
