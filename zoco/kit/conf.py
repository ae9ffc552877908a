"""Settings: declared once with a type, a default and a sentence; read from the environment or ZOCO.

ZOCO_<NAME> in the environment wins over the key <NAME> of the dict ZOCO in Django's settings.
Nothing here imports Django unless Django is configured already.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SettingWrong(ValueError):
    """A setting has a value that cannot be read."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting. `read` turns the text of an environment variable into the value."""

    name: str
    default: T
    read: Callable[[str], T]
    help: str

    def __call__(self) -> T:
        """Return the value in force. Raises SettingWrong when it cannot be read."""
        text = os.environ.get(f"ZOCO_{self.name}")
        if text is not None:
            return self._read(text)
        given = _host().get(self.name, self.default)
        return self._read(given) if isinstance(given, str) and not isinstance(self.default, str) else given

    def _read(self, text: str) -> T:
        try:
            return self.read(text)
        except (ValueError, TypeError) as error:
            raise SettingWrong(f"ZOCO_{self.name} is {text!r}: {error}. {self.help}") from error


SETTINGS: dict[str, Setting[Any]] = {}


def declare(name: str, default: T, read: Callable[[str], T], help: str) -> Setting[T]:
    """Declare a setting; the reference in docs/reference/settings.md is made from these."""
    setting = Setting(name, default, read, help)
    SETTINGS[name] = setting
    return setting


def wrong() -> list[str]:
    """Return what is wrong with the settings that cannot be read, a sentence each."""
    found = []
    for setting in SETTINGS.values():
        try:
            setting()
        except SettingWrong as error:
            found.append(str(error))
    return found


def flag(text: str) -> bool:
    """Read yes or no."""
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write 1 or 0")


def names(text: str) -> list[str]:
    """Read a list parted by commas or spaces."""
    return text.replace(",", " ").split()


def _host() -> Mapping[str, Any]:
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return {}
    given: Mapping[str, Any] = getattr(conf.settings, "ZOCO", {})
    return given


DATA = declare(
    "DATA", Path("data"), Path, "The folder that holds everything: databases, spool, keys, backups."
)
PLUGS: Setting[list[str]] = declare(
    "PLUGS", [], names, "Modules to import at start; each may register reports, log formats and other plugs."
)
EVENTS_URL = declare(
    "EVENTS_URL", "", str, "clickhouse://… for a cluster; empty for the DuckDB file in the data folder."
)
MEMORY = declare("MEMORY", "1GB", str, "How much memory the DuckDB engine may use.")
THREADS = declare("THREADS", os.cpu_count() or 2, int, "How many threads the DuckDB engine may use.")
