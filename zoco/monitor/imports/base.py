"""What an importer is. A new one is a file that registers a subclass with `@IMPORTERS.plug`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoco.kit.plugs import Registry, load_modules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.monitor.imports.exports import Export
    from zoco.monitor.imports.sums import Sums

BUILT_IN = ("plausible", "matomo", "ga4", "umami")


class ExportUnreadable(ValueError):
    """The file is no export of this program; the message says what it lacks and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asks for: days are those of `zone`; `website` picks one of several in a dump."""

    zone: str
    website: str = ""


class Importer:
    """One program whose exports can be read.

    `read` is called once for each export. It adds daily sums and counts what it refuses; it must depend on
    nothing but its arguments, so that the same export gives the same sums. Not guaranteed: that parts
    come in any order.
    """

    key: str
    label: StrOrPromise
    help: StrOrPromise
    """Which files to upload, and where they are found."""
    sources: tuple[str, ...]
    """Where the format is described."""

    def read(self, export: Export, sums: Sums, wanted: Wanted) -> None:
        """Read an export. Raises ExportUnreadable, RunStopped."""
        raise NotImplementedError


IMPORTERS: Registry[Importer] = Registry("importer")


def importers_load() -> None:
    """Import the built-in ones, so that they register."""
    load_modules(f"zoco.monitor.imports.adapters.{name}" for name in BUILT_IN)


def importer_named(key: str) -> Importer:
    """Return an importer. Raises PlugUnknown with the keys that there are."""
    importers_load()
    return IMPORTERS.get(key)


def importers_all() -> list[Importer]:
    """Return all importers in the order in which lists show them."""
    importers_load()
    return sorted(IMPORTERS, key=lambda each: str(each.key))
