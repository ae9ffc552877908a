"""Daily sums as they gather, and the rows that were refused with their reasons."""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from sys import intern

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from zoco.kit.cells import disarmed
from zoco.ledger.store.imported import SCHEMA
from zoco.monitor.imports.base import ExportUnreadable

SUMS_MOST = 1_500_000
LABEL_MOST = 500
REFUSED_MOST = 20_000
AMOUNT_MOST = 10**13
FIRST_DAY = date(1995, 1, 1)
MEASURES = ("page_views", "visits", "visitors", "bounces", "seconds", "events")
REASONS = {
    "day": _("it names no day, or none that can be"),
    "number": _("a figure is no number"),
    "twice": _("the same day and figure stand there twice"),
    "no_day_column": _("the table has no column of days"),
    "dimensions": _("the table has several dimensions beside the day"),
    "unknown_report": _("the file's name does not say which report it is"),
    "unknown_file": _("the file is not needed"),
    "no_visit": _("it belongs to no visit"),
    "shape": _("it cannot be read"),
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?(e[+-]?\d{1,2})?", re.IGNORECASE)


class RowRefused(ValueError):
    """A row cannot be taken; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def number(text: str | int | float | None) -> Decimal:
    """Read a figure; nothing is 0. Raises RowRefused."""
    if text is None or text == "":
        return Decimal(0)
    plain = str(text).strip().removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        raise RowRefused("number")
    value = Decimal(plain)
    if not 0 <= value < AMOUNT_MOST:
        raise RowRefused("number")
    return value


def day_of(text: str) -> date:
    """Read 2024-02-28 or 20240228. Raises RowRefused, also for days that have not been yet."""
    plain = text.strip()[:10]
    try:
        day = date.fromisoformat(plain)
    except ValueError:
        raise RowRefused("day") from None
    if not FIRST_DAY <= day <= date.today() + timedelta(days=1):  # noqa: DTZ011 - any zone's tomorrow
        raise RowRefused("day")
    return day


class Sums:
    """What an export says, by day. Figures that other programs count as people are kept for whole days only.

    Refused rows go into `refused_path`, at most REFUSED_MOST of them; all are counted.
    """

    def __init__(self, refused_path: Path | None = None) -> None:
        self.amounts: dict[tuple[date, str, str, str], Decimal] = {}
        self.refused: Counter[str] = Counter()
        self.notes: list[str] = []
        self._file = refused_path.open("w", newline="", encoding="utf-8") if refused_path else None
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow(["file", "line", "reason", "row"])

    def whole(self, day: date, figures: Mapping[str, Decimal]) -> None:
        """Take figures of a whole day. Raises RowRefused when one of them is there already."""
        keys = {(day, "", "", name): amount for name, amount in figures.items()}
        if any(key in self.amounts for key in keys):
            raise RowRefused("twice")
        for key, amount in keys.items():
            self._set(key, amount)

    def part(self, day: date, dimension: str, label: str, figures: Mapping[str, Decimal]) -> None:
        """Add figures of one value of a dimension; visitors are left out, as they do not add up."""
        cut = label.replace("\0", "")[:LABEL_MOST]
        for name, amount in figures.items():
            if name != "visitors":
                key = (day, dimension, cut, name)
                self._set(key, self.amounts.get(key, Decimal(0)) + amount)

    def note(self, key: str) -> None:
        """Say something about the export once; `key` is one of said.NOTES."""
        if key not in self.notes:
            self.notes.append(key)

    def refuse(self, part: str, line: int, reason: str, text: str = "") -> None:
        """Count a refused row and keep it."""
        self.refused[reason] += 1
        if self._writer and self.refused.total() <= REFUSED_MOST:
            self._writer.writerow([disarmed(part), line, reason, disarmed(text[:1_000])])

    def close(self) -> None:
        """Close the file of refused rows."""
        if self._file:
            self._file.close()

    @property
    def days(self) -> list[date]:
        """The days of which whole figures are known."""
        return sorted({day for day, dimension, _label, _measure in self.amounts if not dimension})

    def totals(self) -> dict[str, str]:
        """Return the sums over all days, of the whole site; visitors are sums of days."""
        found: dict[str, Decimal] = {}
        for (_day, dimension, _label, measure), amount in self.amounts.items():
            if not dimension:
                found[measure] = found.get(measure, Decimal(0)) + amount
        return {name: str(found[name]) for name in MEASURES if name in found}

    def table(self) -> pa.Table:
        """Return the sums as rows, in an order that depends on nothing but them."""
        keys = sorted(self.amounts)
        columns = [list(column) for column in zip(*keys, strict=True)] if keys else [[], [], [], []]
        amounts = [self.amounts[key].quantize(Decimal("0.0001")) for key in keys]
        return pa.table(
            [pa.array(values, kind.type) for values, kind in zip([*columns, amounts], SCHEMA, strict=True)],
            SCHEMA,
        )

    def _set(self, key: tuple[date, str, str, str], amount: Decimal) -> None:
        if key not in self.amounts and len(self.amounts) >= SUMS_MOST:
            raise ExportUnreadable(
                f"The export makes more than {SUMS_MOST} daily sums; export it in parts, a year at a time."
            )
        self.amounts[(key[0], intern(key[1]), key[2], intern(key[3]))] = amount


def digest_of(table: pa.Table) -> str:
    """Return what tells one set of sums from another."""
    found = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            found.update(repr(tuple(row.values())).encode())
    return found.hexdigest()
