"""Who works on the files of a day, or on a run: names of locks (zoco.kit.holding)."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from zoco.kit import holding

if TYPE_CHECKING:
    from zoco.monitor.exports.models import ExportDay

KIND = "exports"
held = partial(holding.held, KIND)
is_held = partial(holding.is_held, KIND)
left_clear = partial(holding.left_clear, KIND)


def day_name(day: ExportDay) -> str:
    """Name the lock of a day's files: the same for whoever writes them and whoever takes people out."""
    return _named(day.target, day.site, str(day.day), day.format)


def work_folder(day: ExportDay) -> Path:
    """Return the folder to work in that goes with a day's lock."""
    return holding.root_of(KIND) / day_name(day)


def run_name(site: int, format: str) -> str:
    """Name the lock of the one run of a site and format."""
    return _named("run", site, format)


def _named(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()
