"""Reads the lists beside this file: columns parted by tabs, comments behind #."""

from pathlib import Path


def rows(name: str, columns: int) -> list[tuple[str, ...]]:
    """Return the rows of a list. Raises ValueError naming a row of another width."""
    found = []
    for number, line in enumerate((Path(__file__).parent / name).read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            row = tuple(line.split("\t"))
            if len(row) != columns:
                raise ValueError(f"{name}, line {number}: {len(row)} columns instead of {columns}.")
            found.append(row)
    return found
