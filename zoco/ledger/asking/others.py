"""The plugs of others: every process imports them when it starts, before it answers anything."""

from collections.abc import Iterable
from functools import cache

from zoco.kit.plugs import load_modules


class PlugBroken(Exception):
    """A plug of others cannot be imported; the message says which, why and what to do."""


def load_plugs(names: Iterable[str]) -> None:
    """Import the plugs of others: modules by name, and what distributions offer under `zoco.plugs`.

    Twice is once. Raises PlugBroken.
    """
    for name in names:
        try:
            load_modules([name])
        except Exception as error:
            mend = "mend it, or take it out of ZOCO_PLUGS"
            if isinstance(error, ModuleNotFoundError) and error.name in (name, name.partition(".")[0]):
                mend = "put it where Python finds it, or take it out of ZOCO_PLUGS"
            raise _broken(name, error, mend) from error
    _load_installed()


@cache
def _load_installed() -> None:
    from importlib.metadata import entry_points  # slow and large, and once is enough

    for entry in entry_points(group="zoco.plugs"):
        try:
            entry.load()
        except Exception as error:
            raise _broken(entry.value, error, "mend it, or take out the package that offers it") from error


def _broken(name: str, error: Exception, mend: str) -> Exception:
    """Return what to raise; that Django is not set up yet is no fault of a plug."""
    if type(error).__name__ in UNREADY:
        return error
    return PlugBroken(f"The plug {name} cannot be imported ({type(error).__name__}: {error}); {mend}.")


UNREADY = frozenset({"AppRegistryNotReady", "ImproperlyConfigured"})
"""Errors by which a module says that it wants Django first."""
