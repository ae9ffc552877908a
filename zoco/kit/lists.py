"""Reads lists that stand beside the code: columns parted by tabs, comments behind #."""

from pathlib import Path


def rows(path: Path, columns: int) -> list[tuple[str, ...]]:
    """Return the rows of a list. Raises ValueError naming a row of another width."""
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            row = tuple(line.split("\t"))
            if len(row) != columns:
                raise ValueError(f"{path.name}, line {number}: {len(row)} columns instead of {columns}.")
            found.append(row)
    return found
