"""Rows of the same day, campaign, creative and account are one cost: files part them by device and more.

A file may have more of them than fit into memory: sorted pieces are written and merged.
"""

import heapq
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from itertools import groupby
from pathlib import Path

import msgspec

from zoco.campaigns.costs.daily import known_sum
from zoco.campaigns.costs.importing.made import Key, Line

AT_ONCE = 100_000
"""So many sums are held in memory."""
Sum = tuple[Key, str, int | None, int | None]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Sum).decode


def sums_write(lines: Iterable[Line], target: Path, scratch: Path, *, at_once: int = AT_ONCE) -> int:
    """Write the sums of lines, sorted by day and campaign; returns how many there are."""
    pieces, held = list[Path](), dict[Key, Line]()
    for line in lines:
        there = held.get(line.key)
        held[line.key] = _added(there, line) if there else line
        if len(held) >= at_once:
            pieces.append(_piece(held, scratch / f"sums-{len(pieces)}.jsonl"))
            held = {}
    pieces.append(_piece(held, scratch / f"sums-{len(pieces)}.jsonl"))
    count = 0
    with target.open("wb") as file:
        merged = heapq.merge(*(_lines(piece) for piece in pieces), key=lambda line: line.key)
        for _key, same in groupby(merged, key=lambda line: line.key):
            file.write(_packed(reduce(_added, same)))
            count += 1
    return count


def sums_from(path: Path, place: int) -> Iterator[tuple[int, Line]]:
    """Yield sums from a place in the file on, each with the place behind it."""
    with path.open("rb") as file:
        file.seek(place)
        for raw in file:
            place += len(raw)
            yield place, _line(raw)


def _added(one: Line, other: Line) -> Line:
    return Line(
        one.key,
        one.amount + other.amount,
        known_sum(one.impressions, other.impressions),
        known_sum(one.clicks, other.clicks),
    )


def _piece(held: dict[Key, Line], path: Path) -> Path:
    with path.open("wb") as file:
        for key in sorted(held):
            file.write(_packed(held[key]))
    return path


def _packed(line: Line) -> bytes:
    return _encode((line.key, str(line.amount), line.impressions, line.clicks)) + b"\n"


def _line(raw: bytes) -> Line:
    key, amount, impressions, clicks = _decode(raw)
    return Line(key, Decimal(amount), impressions, clicks)


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        for raw in file:
            yield _line(raw)
