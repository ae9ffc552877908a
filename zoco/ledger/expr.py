"""The vocabulary of reports: whatever engines do differently is said here and nowhere else.

Local time is whole microseconds of the wall clock: the moment plus the zone's offset, which is
piecewise constant over the period. No engine's own time zones are used. Ibis is imported on use.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zoco.kit.periods import Grain, Period
from zoco.ledger.asking.statements import blanks
from zoco.ledger.asking.statements.blanks import Outline

if TYPE_CHECKING:
    from zoco.ledger.store.base import Dialect

# A table, and a column or scalar, of Ibis: its own types do not survive its decorators.
Table = Any
Value = Any

HOUR = 3_600_000_000
DAY = 24 * HOUR
EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


def to_sql(table: Table, dialect: Dialect) -> str:
    """Write an expression in an engine's words, laid out to be read."""
    from zoco.ledger.asking.statements.engines import to_sql as write

    return write(table, dialect)


def moment(at_micros: int) -> Value:
    """Return a moment from UTC microseconds; depends on no zone of server or session."""
    from zoco.ledger.asking.statements.engines import Moment

    return _expression(Moment(at_micros))


def _moments(period: Period | Outline, what: str) -> list[Value]:
    from zoco.ledger.asking.statements.engines import BlankMoment

    if isinstance(period, Outline):
        return [_expression(BlankMoment(period.blank(what, number))) for number in range(period.count(what))]
    return [moment(value) for value in blanks.values(period, what)]


def _wholes(period: Period | Outline, what: str) -> list[Value]:
    from zoco.ledger.asking.statements.engines import BlankWhole

    if isinstance(period, Outline):
        return [_expression(BlankWhole(period.blank(what, number))) for number in range(period.count(what))]
    return [whole(value) for value in blanks.values(period, what)]


def micros(at: Value) -> Value:
    """Return a moment as UTC microseconds."""
    from zoco.ledger.asking.statements.engines import Micros

    return _expression(Micros(at))


def start_of(period: Period | Outline, earlier_seconds: int = 0) -> Value:
    """Return a period's first moment, or one so many seconds earlier."""
    import ibis

    start = _moments(period, blanks.START)[0]
    return start - ibis.interval(seconds=earlier_seconds) if earlier_seconds else start


def end_of(period: Period | Outline, later_seconds: int = 0) -> Value:
    """Return the first moment after a period, or so many seconds later."""
    import ibis

    end = _moments(period, blanks.END)[0]
    return end + ibis.interval(seconds=later_seconds) if later_seconds else end


def horizon_of(period: Period | Outline) -> Value:
    """Return up to which moment facts are looked at that follow on a period; see `Period.horizon`."""
    return _moments(period, blanks.HORIZON)[0]


def local(at: Value, period: Period | Outline) -> Value:
    """Return the wall clock at a moment of the period as microseconds."""
    offsets = _wholes(period, blanks.OFFSET)
    return micros(at) + _latest(at, _moments(period, blanks.SINCE), offsets)


def bucket(at: Value, period: Period | Outline, grain: Grain, week_start: int = 0) -> Value:
    """Return the local start of the hour, day, week or month, as microseconds of the wall clock.

    Agrees with `Period.buckets`. `week_start` is 0 for Monday to 6 for Sunday.
    """
    if grain == "month":
        return _month(at, period)
    wall = local(at, period)
    if grain in ("hour", "day"):
        return wall - wall % (HOUR if grain == "hour" else DAY)
    return wall - (wall + (EPOCH_WEEKDAY - week_start) % 7 * DAY) % (7 * DAY)


def _month(at: Value, period: Period | Outline) -> Value:
    walls = _wholes(period, blanks.WALL)
    return micros(at) * 0 + _latest(at, _moments(period, blanks.MONTH), walls)


def _latest(at: Value, starts: Sequence[Value], values: Sequence[Value]) -> Value:
    """Return the value of the latest start that is not after the moment; before all of them the first."""
    import ibis

    if len(values) == 1:
        return values[0]
    later = [(at >= start, value) for start, value in zip(starts[:0:-1], values[:0:-1], strict=True)]
    return ibis.cases(*later, else_=values[0])


def uniques(column: Value) -> Value:
    """Count distinct values exactly; 0 stands for "none" and does not count."""
    from zoco.ledger.asking.statements.engines import Uniques

    return _expression(Uniques(column.nullif(0)))


def quantile(column: Value, share: float) -> Value:
    """Return a quantile, exact, with linear interpolation (Hyndman and Fan 1996, definition 7)."""
    from zoco.ledger.asking.statements.engines import ExactQuantile

    return _expression(ExactQuantile(column, share))


def rank_among(column: Value, rows: Table, *keys: str) -> Value:
    """Return each row's place by the column among the rows of its group, 1 for the smallest; ties by id."""
    import ibis

    order = [column.asc(), rows.id.cast("string").asc()]
    return ibis.row_number().over(ibis.window(group_by=[rows[key] for key in keys], order_by=order)) + 1


def many_among(rows: Table, *keys: str) -> Value:
    """Return at each row how many rows its group has."""
    import ibis

    return rows.count().over(ibis.window(group_by=[rows[key] for key in keys]))


def sum_so_far(column: Value, by: Sequence[Value], along: Sequence[Value]) -> Value:
    """Return at each row the sum of the column over the rows of its group up to it, in a unique order."""
    import ibis

    return column.sum().over(ibis.cumulative_window(group_by=list(by), order_by=list(along)))


def only_if(condition: Value, value: Value) -> Value:
    """Return the value where a condition holds, null elsewhere."""
    import ibis

    return condition.ifelse(value, ibis.null(value.type().copy(nullable=True)))


def first_by(column: Value, facts: Table) -> Value:
    """Return the column's value at the first fact by (occurred_at, id)."""
    from zoco.ledger.asking.statements.engines import PickBy

    return _expression(PickBy(column, facts.occurred_at, facts.id, is_last=False))


def last_by(column: Value, facts: Table) -> Value:
    """Return the column's value at the last fact by (occurred_at, id)."""
    from zoco.ledger.asking.statements.engines import PickBy

    return _expression(PickBy(column, facts.occurred_at, facts.id, is_last=True))


def share(part: Value, whole: Value) -> Value:
    """Return part / whole, null where the whole is 0."""
    return part.cast("float64") / whole.cast("float64").nullif(0)


def ones(condition: Value) -> Value:
    """Return 1 where the condition holds and 0 elsewhere, to be summed."""
    return condition.ifelse(1, 0)


def never(rows: Table) -> Value:
    """Return false for each row."""
    import ibis

    return ibis.literal(False)


def listed(rows: str, *names: str) -> Table:
    """Return lines as a table of text: cells are parted by tabs, and there is no line for "".

    One literal, whatever the number of rows: engines read it quicker than a value for each cell.
    """
    parted = text(rows).split("\n").unnest().name("line").as_table()
    lines = parted.filter(parted.line != "")
    cells = lines.line.split("\t")
    return lines.select(**{name: cells[at].fill_null("") for at, name in enumerate(names)})


def number_in(text: Value, type: str) -> Value:
    """Return the number that a text is, null for ""."""
    return text.nullif("").cast(type)


def each_of(values: Sequence[Value]) -> Value:
    """Return a row for each of the values."""
    import ibis

    return ibis.array(list(values)).unnest()


def whole(number: int) -> Value:
    """Return a whole number as it is in sums."""
    import ibis

    return ibis.literal(number, type="!int64")


def text(words: str) -> Value:
    """Return a text that is the same in each row."""
    import ibis

    return ibis.literal(words, type="!string")


def money(amount: Decimal | int) -> Value:
    """Return an amount of the type that amounts have."""
    import ibis

    return ibis.literal(amount, type="!decimal(18,4)")


def unknown() -> Value:
    """Return a count that nobody can know."""
    import ibis

    return ibis.null("int64")


def among(column: Value, values: Sequence[str]) -> Value:
    """Return whether the column has one of the values; for one alone engines compare quicker."""
    return column == values[0] if len(values) == 1 else column.isin(values)


def first_fitting(pairs: Sequence[tuple[Value, str]]) -> Value:
    """Return the text of the first condition that holds, "" where none does."""
    import ibis

    return ibis.cases(*((condition, text(words)) for condition, words in pairs), else_=text(""))


def prop_text(facts: Table, name: str) -> Value:
    """Return a property as text, "" where there is none."""
    from zoco.ledger.asking.statements.engines import Prop

    return _expression(Prop(facts.props, name, "text"))


def prop_number(facts: Table, name: str) -> Value:
    """Return a property as a number, 0 where there is none or it is no number."""
    from zoco.ledger.asking.statements.engines import Prop

    return _expression(Prop(facts.props, name, "number"))


def prop_flag(facts: Table, name: str) -> Value:
    """Return whether a property is true."""
    from zoco.ledger.asking.statements.engines import Prop

    return _expression(Prop(facts.props, name, "flag"))


def each_prop(facts: Table) -> Value:
    """Return the names of all properties: one row for each of them, none for facts without."""
    from zoco.ledger.asking.statements.engines import PropNames

    return _expression(PropNames(facts.props)).unnest()


def prop_at(facts: Table, name: Value) -> Value:
    """Return the property of a name in a column, as text, "" where there is none."""
    from zoco.ledger.asking.statements.engines import PropAt

    return _expression(PropAt(facts.props, name))


def either(first: Value, second: Value) -> Value:
    """Return the first text where there is one, else the second."""
    return (first == "").ifelse(second, first)


def _expression(operation: Any) -> Value:
    return operation.to_expr()
