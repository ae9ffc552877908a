"""From a typed table to days of controls: a day each row, a control each other column."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from zoco.campaigns.costs.importing.mapping import CostRefused, day_read, days_told
from zoco.campaigns.days import OLDEST
from zoco.people.attributes import ValueWrong
from zoco.people.importing.files.numbers import number_read
from zoco.people.importing.typed import NAME_MOST, Typed, Wrongs

LARGEST = 1e12
Columns = dict[str, dict[date, float]]


def controls_read(table: Typed, today: date) -> tuple[Columns, Wrongs]:
    """Return what the days of each control are, and what is wrong with lines. Empty cells say nothing."""
    names = [name[:NAME_MOST] for name in table.head[1:]]
    found: Columns = {name: {} for name in names}
    wrongs, seen = Wrongs(), dict[date, int]()
    order = days_told([cells[0] for _line, cells in table.rows]) or "dmy"
    for line, cells in table.rows:
        if any(cells[len(table.head) :]):
            wrongs.add(line, gettext_noop("It has more cells than the first line has names"))
            continue
        try:
            on = day_read(cells[0], order)
        except CostRefused as wrong:
            wrongs.lines.append((line, wrong))
            continue
        if not OLDEST <= on <= today:
            wrongs.add(line, gettext_noop("The day lies in the future, or before 2000"))
        elif on in seen:
            wrongs.add(
                line, gettext_noop("The day %(day)s stands in line %(first)s already"), day=on, first=seen[on]
            )
        else:
            seen[on] = line
            for name, text in zip(names, cells[1:], strict=False):
                _cell(found[name], on, name, text, table, line, wrongs)
    if not wrongs.lines:
        for name in names:
            if not found[name]:
                wrongs.add(1, gettext_noop("%(name)s has no value on any day"), name=name)
    return found, wrongs


def _cell(
    days: dict[date, float], on: date, name: str, text: str, table: Typed, line: int, wrongs: Wrongs
) -> None:
    if not text:
        return
    try:
        value = number_read(text, table.sign)
    except ValueWrong:
        value = LARGEST
    if abs(value) >= LARGEST:
        wrongs.add(line, gettext_noop("%(name)s: %(text)s is no number"), name=name, text=text[:40])
    else:
        days[on] = value
