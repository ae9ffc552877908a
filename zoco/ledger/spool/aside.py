"""Lines of a site that were set aside go with the rest of it."""

import re
from pathlib import Path

from zoco.ledger.spool import table
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.segment import TABLE, sync_file, sync_folder

PARTIAL = ".erasing"
_SITE = re.compile(rb'"site"\s*:\s*"?(\d+)')
_MOMENT = re.compile(rb'"occurred_at"\s*:\s*"?(-?\d+)')


def aside_strip(folder: SpoolFolder, site: int, before: int) -> int:
    """Take out what a site has there from before a moment (UTC microseconds); returns how many facts went.

    A line without a moment counts as old; a table that nobody can read stays.
    """
    return sum(_strip(path, site, before) for path in folder.aside())


def _strip(path: Path, site: int, before: int) -> int:
    partial = path.with_name(path.name + PARTIAL)
    gone = _table_rest(path, partial, site, before) if path.suffix == TABLE else 0
    if path.suffix != TABLE:
        lines = path.read_bytes().splitlines(keepends=True)
        rest = [line for line in lines if not _is_of(line, site, before)]
        gone = len(lines) - len(rest)
        if gone:
            partial.write_bytes(b"".join(rest))
    if not gone:
        partial.unlink(missing_ok=True)
        return 0
    sync_file(partial)
    if partial.stat().st_size and not (path.suffix == TABLE and not table.row_count(partial)):
        partial.replace(path)
    else:
        partial.unlink()
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".json").unlink(missing_ok=True)
    sync_folder(path.parent)
    return gone


def _is_of(line: bytes, site: int, before: int) -> bool:
    whose, moment = _SITE.search(line), _MOMENT.search(line)
    return bool(whose) and int(whose[1]) == site and (int(moment[1]) if moment else 0) < before  # type: ignore[index]


def _table_rest(path: Path, partial: Path, site: int, before: int) -> int:
    import pyarrow as pa

    try:
        rows = table.rows(path, ("site", "occurred_at"))
        gone = {at for at, (whose, moment) in enumerate(rows) if whose == site and (moment or 0) < before}
        if gone:
            table.copy_where(path, partial, lambda number: number not in gone)
    except (OSError, pa.ArrowException):
        return 0
    return len(gone)
