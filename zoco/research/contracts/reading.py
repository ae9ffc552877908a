"""From a typed table to counts of customers: a column each kind or cohort, a row each renewal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from zoco.people.attributes import ValueWrong
from zoco.people.importing.files.numbers import number_read
from zoco.people.importing.typed import NAME_MOST, Typed, Wrongs

GROUPS_MOST = 12
RENEWALS_MOST = 240
LARGEST = 10**9
GROWS = gettext_noop(
    "%(name)s grows from %(before)s to %(count)s. Count only those who were there at the start; who comes "
    "later is a cohort of his own"
)
SHARES = gettext_noop(
    "%(name)s begins with a share. Write how many customers there were at the start, such as 1000; a share "
    "alone does not say how sure a figure is"
)


@dataclass(slots=True)
class Group:
    """A kind of customers, or a cohort, as far as it has been read."""

    name: str
    counts: list[float] = field(default_factory=list)
    is_over: bool = False


def groups_read(table: Typed) -> tuple[list[Group], Wrongs]:
    """Return the groups of a table, and what is wrong with its lines.

    The first column names the renewal, and where it is numbered none may be missing. A cell is a count, or
    with a % a share of the first; cohorts that are younger have empty cells at the end.
    """
    groups, wrongs = [Group(name[:NAME_MOST]) for name in table.head[1:]], Wrongs()
    if len(groups) > GROUPS_MOST:
        words = gettext_noop("Columns of customers: %(count)s; at most %(most)s are worked out")
        wrongs.add(1, words, count=len(groups), most=GROUPS_MOST)
    elif len(table.rows) > RENEWALS_MOST + 1:
        words = gettext_noop("The table goes beyond renewal %(most)s; take longer periods")
        wrongs.add(table.rows[RENEWALS_MOST + 1][0], words, most=RENEWALS_MOST)
    else:
        _rows(table, groups, wrongs)
    return groups, wrongs


def _rows(table: Typed, groups: list[Group], wrongs: Wrongs) -> None:
    numbers = list(_numbers(table))
    for at, (line, cells) in enumerate(table.rows):
        if len(cells) > len(table.head) and any(cells[len(table.head) :]):
            wrongs.add(line, gettext_noop("It has more cells than the first line has names"))
            continue
        if numbers and numbers[at] != numbers[0] + at:
            words = gettext_noop("Renewal %(number)s stands where %(expected)s is due; none may be left out")
            wrongs.add(line, words, number=cells[0], expected=numbers[0] + at)
            return
        for number, group in enumerate(groups, 1):
            _cell(group, cells[number] if number < len(cells) else "", table, line, wrongs)
    for group in groups:
        if len(group.counts) < 2 and not wrongs.lines:
            words = gettext_noop("%(name)s has fewer than two counts")
            wrongs.add(table.rows[-1][0], words, name=group.name)


def _numbers(table: Typed) -> Iterator[int]:
    """Yield the numbers of the renewals where all rows have one."""
    firsts = [cells[0] for _line, cells in table.rows]
    if all(each.isascii() and each.isdigit() and len(each) < 7 for each in firsts):
        yield from map(int, firsts)


def _cell(group: Group, text: str, table: Typed, line: int, wrongs: Wrongs) -> None:
    """Take one cell; of a group that has something wrong the cells below are looked at too."""
    if not text:
        group.is_over = True
        return
    if group.is_over:
        words = gettext_noop("%(name)s has a gap above this line; only the last cells may be empty")
        wrongs.add(line, words, name=group.name)
        group.is_over = False
    try:
        count = number_read(text.rstrip("% \u00a0"), table.sign)
    except ValueWrong:
        wrongs.add(line, gettext_noop("%(name)s: %(text)s is no number"), name=group.name, text=text[:40])
        return
    if text.endswith("%"):
        if not group.counts:
            wrongs.add(line, SHARES, name=group.name)
            return
        count = round(count / 100 * group.counts[0], 6)
    if not 0 <= count <= LARGEST or (not group.counts and count < 1):
        wrongs.add(line, gettext_noop("%(name)s: %(text)s is no count"), name=group.name, text=text[:40])
    elif group.counts and count > group.counts[-1]:
        wrongs.add(line, GROWS, name=group.name, before=f"{group.counts[-1]:g}", count=f"{count:g}")
    else:
        group.counts.append(count)


def typed_again(groups: list[dict[str, object]]) -> str:
    """Write groups as a table, so that they can be changed."""
    columns: list[list[float]] = [each["counts"] for each in groups]  # type: ignore[misc]
    names = ['"{}"'.format(str(each["name"]).replace('"', '""')) for each in groups]
    lines = [",".join(["renewal", *names])]
    for at in range(max(map(len, columns), default=0)):
        cells = [f"{each[at]:.12g}" if at < len(each) else "" for each in columns]
        lines.append(",".join([str(at), *cells]))
    return "\n".join(lines) + "\n"
