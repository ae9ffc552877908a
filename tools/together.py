"""pytest plug-in of this repository: which tests stay together when two processes share a run.

A file's tests do, for the fixtures that they share. Tests that empty the database come after all that
find in it what migrations wrote, in each process as in a run by one: hence two groups for such a file.
What drives a browser stays last: it leaves threads and a loop behind. Of those before and of the last, files
to which the most time is allowed come first: no process sits idle while the other is busy with a long one.
"""

from typing import Any

import pytest

EMPTYING = {"transactional_db", "django_db_reset_sequences", "live_server"}
AFTER = ":after"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest: dict[str, float] = {}
    for item in items:
        group = group_of(item)
        longest[group] = max(longest.get(group, 0), _allowed(item))
    items.sort(key=lambda item: (part := _part(item), 0 if part == 1 else -longest[group_of(item)]))


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share out files. xdist itself writes groups behind names, where pytest 9.2 reads them no more."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class Files(LoadScopeScheduling):  # type: ignore[misc]
        """Tests of one file that follow each other are a unit of work."""

        def _split_scope(self, nodeid: str) -> str:
            return units.of(nodeid)

    units = Units()
    return Files(config, log)


class Units:
    """Which unit of work a test belongs to; asked for each in the order of the run before any is run."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._file = self._unit = ""

    def of(self, name: str) -> str:
        """Return the unit of a test: a new one where another file begins, also one that was there before."""
        if name not in self._known:
            file = name.partition("::")[0]
            if file != self._file:
                self._file, self._unit = file, f"{file} {len(self._known)}"
            self._known[name] = self._unit
        return self._known[name]


def _part(item: pytest.Item) -> int:
    """Return 0 for what finds the database as migrations left it, 2 for what drives a browser after that."""
    if not empties(item):
        return 0
    return 2 if item.get_closest_marker("browser") else 1


def _allowed(item: pytest.Item) -> float:
    """Return the seconds that a test may take by a mark of its own, 0 without."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker and marker.args else 0


def group_of(item: pytest.Item) -> str:
    """Return the name of a test's group: its file, marked if the test empties the database."""
    file = item.nodeid.partition("::")[0]
    return file + AFTER if empties(item) else file


def empties(item: pytest.Item) -> bool:
    """Say whether the database is emptied after the test, with what migrations wrote."""
    marker = item.get_closest_marker("django_db")
    fixtures: set[str] = set(getattr(item, "fixturenames", ()))
    asked = {} if marker is None else marker.kwargs
    return bool(asked.get("transaction") or asked.get("reset_sequences") or fixtures & EMPTYING)


def without_group(name: str) -> str:
    """Return a test's name as it is written, without the group that xdist puts behind it."""
    test, at, group = name.rpartition("@")
    return test if at and "]" not in group else name
