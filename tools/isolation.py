"""pytest plug-in of this repository: tests own a data folder and reach nothing but this machine.

Loaded by `-p tools.isolation` before Django's settings are read, so that no test run ever touches
the data folder of a developer. With CI=true a skipped test is a failure: nothing may be left out but
what needs real data that is not shipped.
"""

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.postgres import postgres

_SESSION_DATA = Path(tempfile.mkdtemp(prefix="zoco-tests-"))
os.environ["ZOCO_DATA"] = str(_SESSION_DATA)
os.environ.setdefault("DATABASE_URL", "")
# DuckDB reserves addresses for four fifths of the memory that it finds, for each file with kept blocks. Where
# two such spans come to lie side by side, the kernel refuses to split off a process: there is not so much.
os.environ.setdefault("SLURM_MEM_PER_NODE", "2G")

LOOPBACK = {"localhost", "0.0.0.0", "::"}  # noqa: S104 - bound or connected to, they are this machine
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server", "admin_client"}

REAL_DATA = "real data is not on this machine"
"""Why a test of data that may not be shipped is left out; that is no fault of the machine's set-up."""


OTHER_DATABASE = "only the run on PostgreSQL says something"
"""Why a test is left out of the run on SQLite; `make test` makes both runs, so it is not left out of that."""


KEPT = (
    "zoco.ledger.asking.converting",
    "zoco.ledger.asking.goals",
    "zoco.ledger.pictures.marks",
    "zoco.monitor.reports.conversions.defined",
    "zoco.monitor.reports.funnels.drawn",
    "zoco.campaigns.reports.spent",
    "zoco.surveys.naming",
)
"""Modules whose `_providers` read what people keep."""


COUNTED = {
    "zoco.project.entry.keys.pace": "pace",
    "zoco.consent.signup.views": "pace",
    "zoco.sites.installing.pace": "_asked",
    "zoco.trials.remote.views": "pace",
    "zoco.surveys.taking.views": "pace",
    "zoco.surveys.taking.tickets": "browsers",
    "zoco.surveys.taking.counting": "held",
    "zoco.trials.screens.downloading": "pace",
}
"""Modules that count who asked how often, and where they keep it."""


ALIKE = ("figures", "once")
"""Markers of tests that go the same way on every database of Django."""


CLICKHOUSE = "clickhouse"
"""How tests that are made for each engine of the ledger call the second one."""


LEFT_OUT = 6
"""How pytest ends, whatever failed beside it, when something was left out that may not be."""


class SocketShut(OSError):
    """A test tried to reach another machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="run only tests that use Django's database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    kept = [item for item in items if differs_by_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def uses_database(item: pytest.Item) -> bool:
    """Tell whether a test runs on the database that DATABASE_URL names, and may go another way there."""
    if item.get_closest_marker("postgres") or item.get_closest_marker("markup"):
        return False
    fixtures: set[str] = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def differs_by_database(item: pytest.Item) -> bool:
    """Tell whether a test belongs into a run on another database as well.

    What a browser shows comes from views, which other tests ask on both databases; it is driven through the
    product once. Only the marker `both` brings such a test into the second run too. A test that is made for
    each engine of the ledger asks DuckDB beside either database, and ClickHouse beside one of them.
    """
    is_browser = item.get_closest_marker("browser") and not item.get_closest_marker("both")
    is_alike = any(map(item.get_closest_marker, ALIKE)) or CLICKHOUSE in _parameters(item)
    return uses_database(item) and not is_browser and not is_alike


def _parameters(item: pytest.Item) -> list[object]:
    called = getattr(item, "callspec", None)
    return [each for each in called.params.values() if isinstance(each, str)] if called else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    excused = (REAL_DATA, OTHER_DATABASE)
    skipped = [each for each in skipped if not any(reason in each.longrepr[-1] for reason in excused)]
    if os.environ.get("CI") == "true" and skipped and exitstatus in (0, pytest.ExitCode.TESTS_FAILED):
        session.exitstatus = LEFT_OUT
        reporter.write_line("")
        for report in skipped:
            reporter.write_line(f"Left out, though CI=true: {report.nodeid}: {report.longrepr[-1]}", red=True)


def pytest_unconfigure() -> None:
    shutil.rmtree(_SESSION_DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_kept_without_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reports of a test without a database find no goals, funnels and marks, not the database shut."""
    if uses_database(request.node):
        return
    for name in KEPT:
        if name in sys.modules:
            monkeypatch.setattr(sys.modules[name], "_providers", [])


@pytest.fixture(autouse=True, scope="session")
def _sockets_shut() -> Iterator[None]:
    """Shut sockets to anywhere but loopback and Unix sockets, for the whole run."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _resolving(socket.getaddrinfo))
    yield
    patch.undo()


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _loopback_only(address[0])
        return connect(self, address)

    return guarded


def _resolving(getaddrinfo: Any) -> Any:
    def resolving(host: Any, *arguments: Any, **named: Any) -> Any:
        if host:
            _loopback_only(host.decode() if isinstance(host, bytes) else host)
        return getaddrinfo(host, *arguments, **named)

    return resolving


def _loopback_only(host: str) -> None:
    if host not in LOOPBACK and not _is_loopback(host):
        raise SocketShut(f"Tests may reach 127.0.0.1 alone, not {host}; serve recorded answers on loopback.")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


@pytest.fixture(autouse=True)
def _language_forgotten() -> Iterator[None]:
    """Let no test speak the language that a request of the one before asked for."""
    yield
    translation = sys.modules.get("django.utils.translation")
    if translation is not None:
        translation.deactivate()


@pytest.fixture(autouse=True)
def _sites_forgotten() -> Iterator[None]:
    """Let no test see the sites of the one before, kept for two seconds, nor as whoever sees all of them."""
    yield
    reads, sitebook = sys.modules.get("zoco.sites.reads"), sys.modules.get("zoco.ledger.sitebook")
    if reads is not None:
        reads.forget()
    if sitebook is not None:
        sitebook.only(None)


@pytest.fixture(autouse=True)
def _counts_forgotten() -> Iterator[None]:
    """Let no test be refused for what the ones before asked: their accounts have the same numbers."""
    yield
    for name, counts in COUNTED.items():
        if name in sys.modules:
            getattr(sys.modules[name], counts).clear()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a fresh, empty data folder, in force as ZOCO_DATA."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("ZOCO_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the address of a PostgreSQL that lives as long as the test run."""
    given = os.environ["DATABASE_URL"]
    if given.startswith("postgres"):
        yield given
        return
    with postgres() as address:
        yield address
