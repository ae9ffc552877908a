"""Registries: the one way in which Zoco is extended.

Whoever owns an extension point makes one Registry; built-in plugs register exactly as outsiders do.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    """What a registry can hold: anything with a stable key."""

    @property
    def key(self) -> str: ...


class PlugTaken(ValueError):
    """Two plugs want the same key."""


class PlugUnknown(LookupError):
    """Nothing is registered under this key."""


T = TypeVar("T", bound=Keyed)


class Registry(Generic[T]):
    """Plugs of one kind by key, in the order in which they were registered; one that `is_last` at the end.

    A plug replaces the earlier one when it comes from the same place (a module loaded again): the
    same class, and for a record the same function in it. Any other under a taken key raises PlugTaken.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._plugs: dict[str, T] = {}

    def plug(self, cls: type[T]) -> type[T]:
        """Register one instance of the class; use it as a class decorator."""
        self.add(cls())
        return cls

    def add(self, plug: T) -> None:
        """Register an object. Raises PlugTaken when one from elsewhere holds its key."""
        held = self._plugs.get(plug.key)
        if held is not None and held != plug and (_place(held) != _place(plug) or not _is_placed(plug)):
            raise PlugTaken(
                f"The {self.kind} {plug.key!r} is already registered by {' '.join(_place(held))}; "
                f"give {' '.join(_place(plug))} a key of its own."
            )
        self._plugs[plug.key] = plug

    def remove(self, key: str) -> None:
        """Forget a plug; a key that is not there is no error."""
        self._plugs.pop(key, None)

    def get(self, key: str) -> T:
        """Return the plug with this key. Raises PlugUnknown with the keys that there are."""
        try:
            return self._plugs[key]
        except KeyError:
            known = ", ".join(sorted(self._plugs)) or "none"
            raise PlugUnknown(f"There is no {self.kind} {key!r}; there are: {known}.") from None

    def __contains__(self, key: object) -> bool:
        return key in self._plugs

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._plugs.values(), key=lambda each: bool(getattr(each, "is_last", False))))

    def __len__(self) -> int:
        return len(self._plugs)

    def keys(self) -> list[str]:
        """Return the keys in the order of registration."""
        return list(self._plugs)


def _place(plug: object) -> tuple[str, ...]:
    """Return where a plug was written: its class, and for a record the functions that it holds."""
    return (_name(type(plug)), *map(_name, _functions(plug)))


def _is_placed(plug: object) -> bool:
    """Say whether its place is a plug's own: a record without functions shares its class with others."""
    return not is_dataclass(plug) or bool(_functions(plug))


def _functions(plug: object) -> list[object]:
    if not is_dataclass(plug):
        return []
    return [value for value in (getattr(plug, each.name) for each in fields(plug)) if callable(value)]


def _name(code: object) -> str:
    return f"{getattr(code, '__module__', '')}.{getattr(code, '__qualname__', '')}"


def load_modules(names: Iterable[str]) -> None:
    """Import modules, and every module inside those that are packages, so that they register."""
    for name in names:
        module = importlib.import_module(name)
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
            importlib.import_module(found.name)
