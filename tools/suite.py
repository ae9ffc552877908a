"""`make test`: bring what the tests need from Debian, check, run all tests, on SQLite and PostgreSQL.

Two processes share the tests; then those that measure time, or kill and wait: most wait most of the time.
The few that failed beside others are judged by themselves, once, and named at the end either way. As root,
or where `sudo -n` works, missing packages are installed; otherwise the tests that need them are left out
and named. With CI=true nothing may be left out.
"""

import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from tools import check, migrated
from tools.postgres import PostgresFailed, PostgresMissing, postgres, programs
from tools.together import without_group

ROOT = Path(__file__).resolve().parent.parent
# In the order of tools.together, so that what empties the database comes last in each process.
SHARED = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
ALONE = "alone"
FOLDERS = ("zoco", "tests")
TESTS_FAILED, NO_TESTS = 1, 5
FILES_TOLD = 25
SECOND_TRIES = 3
"""How many failed tests may be tried again by themselves; of more, none is."""


@dataclass(frozen=True, slots=True)
class Need:
    """A Debian package, how to see that it is there, and what is left out without it."""

    package: str
    is_there: Callable[[], bool]
    left_out: str
    marker: str = ""


def _has_postgres() -> bool:
    try:
        return programs().is_dir()
    except PostgresMissing:
        return False


def _has_browser() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _has_atomic() -> bool:
    """Return whether the library is there that the Node of Playwright's driver is linked against."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _has_cjk() -> bool:
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _has(program: str) -> Callable[[], bool]:
    """Return what says whether a program is there, also for users without /usr/sbin in their path."""
    return lambda: shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


NEEDS = (
    Need("postgresql", _has_postgres, "everything on PostgreSQL", "postgres"),
    Need("chromium", _has_browser, "what drives a browser", "browser"),
    Need("libatomic1", _has_atomic, "what drives a browser", "browser"),
    Need("fonts-noto-cjk", _has_cjk, "what shows Chinese in a browser", "browser"),
    Need("nginx", _has("nginx"), "nginx in front of the product", "fronts"),
    Need("caddy", _has("caddy"), "Caddy in front of the product", "fronts"),
    Need("dnsmasq-base", _has("dnsmasq"), "what asks a name server", "dns"),
    Need("postfix", _has("postfix"), "mail by Postfix", "mail"),
    Need("dovecot-imapd", _has("dovecot"), "mailboxes of Dovecot", "mail"),
)


def needs_ensure() -> list[Need]:
    """Install what is missing if that needs no question; return what is missing after that."""
    missing = [need for need in NEEDS if not need.is_there()]
    sudo = _sudo()
    if not missing or sudo is None or not shutil.which("apt-get"):
        return missing
    packages = [need.package for need in missing]
    print(f"Installing from Debian: {', '.join(packages)} …", flush=True)
    environment = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*environment, "apt-get", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"apt-get {words[0]} failed:\n{done.stdout}{done.stderr}", flush=True)
    return [need for need in missing if not need.is_there()]


def _sudo() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asks = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    return None if asks else ["sudo", "-n"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one part went; `failures` are a line each, `failed` names to run, `unsteady` passed by itself."""

    name: str
    code: int
    seconds: float
    failures: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()


def both_parts(
    name: str, without: list[str], *arguments: str, database: str, between: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Run the tests on one database: the crowd, what is to be done `between`, then those alone."""
    left_out = "".join(f" and not {marker}" for marker in without)
    crowd = _shared(name, "-m", f"not {ALONE}{left_out}", *arguments, database=database)
    between()
    words = ("-m", f"{ALONE}{left_out}", *arguments, *alone_files(arguments))
    lonely = _shared(f"{name} alone", *words, database=database)
    # Whoever names a folder to run may have named one without such a test; of the others there must be some.
    return [crowd, replace(lonely, code=0) if lonely.code == NO_TESTS else lonely]


def alone_files(arguments: Sequence[str]) -> list[str]:
    """Return the files with a test that runs alone, as to collect all others takes ten seconds.

    None where somebody named what to run.
    """
    if any(not each.startswith("-") for each in arguments):
        return []
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("test_*.py")]
    return sorted(str(path) for path in files if f"mark.{ALONE}" in path.read_text("utf-8"))


def _shared(name: str, *arguments: str, database: str) -> Outcome:
    """Run tests shared by two processes, and the few that failed once more by themselves."""
    shared = pytest_run(name, *SHARED, *arguments, database=database)
    if shared.code != TESTS_FAILED or not 0 < len(shared.failed) <= SECOND_TRIES:
        return shared
    again = pytest_run(f"{shared.name}, what failed by itself", *shared.failed, database=database)
    shared = replace(shared, seconds=shared.seconds + again.seconds)
    return shared if again.code else replace(shared, code=0, failures=(), unsteady=shared.failures)


def pytest_run(name: str, *arguments: str, database: str = "") -> Outcome:
    """Run pytest on one database."""
    print(f"\n== Tests on {name}", flush=True)
    started, busy = time.monotonic(), _busy()
    with tempfile.TemporaryDirectory(prefix="zoco-suite-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--durations=10", f"--junit-xml={report}", *arguments]
        environment = {**os.environ, "DATABASE_URL": database}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        seconds = time.monotonic() - started
        print(
            f"\n{name} kept processors busy for {_busy() - busy:.0f} s in {seconds:.0f} s; the slowest files:"
        )
        for file, took in slowest(report)[:FILES_TOLD]:
            print(f"{took:8.1f} s  {file}")
        return Outcome(name, done.returncode, seconds, failures(report), failed(report))


def _busy() -> float:
    """Return the seconds for which all that was started and has ended kept processors busy."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def slowest(report: Path) -> list[tuple[str, float]]:
    """Return the modules of pytest's report with the seconds that their tests took, the slowest first."""
    found: dict[str, float] = {}
    if report.is_file():
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest's own file
            file = case.get("classname", "")
            found[file] = found.get(file, 0.0) + float(case.get("time", 0))
    return sorted(found.items(), key=lambda each: -each[1])


def failures(report: Path) -> tuple[str, ...]:
    """Return the tests that failed or were left out by pytest's report, each with the first line of why."""
    if not report.is_file():
        return ()
    found = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest's own file
        for failed in (*case.iter("failure"), *case.iter("error"), *case.iter("skipped")):
            said = failed.get("message", "").partition("\n")[0][:200]
            name = without_group(case.get("name", ""))
            found.append(f"{case.get('classname')}::{name}: {said}")
    return tuple(found)


def failed(report: Path) -> tuple[str, ...]:
    """Return the tests that failed by pytest's report, as pytest takes them."""
    if not report.is_file():
        return ()
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - pytest's own file
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return tuple(dict.fromkeys(_node(case.get("classname", ""), case.get("name", "")) for case in bad))


def _node(place: str, name: str) -> str:
    """Return a test as pytest takes it: its file, the classes in it, its name."""
    parts = place.split(".")
    for end in range(len(parts), 0, -1):
        file = Path(*parts[:end]).with_suffix(".py")
        if (ROOT / file).is_file():
            return "::".join([str(file), *parts[end:], without_group(name)])
    return without_group(name)


def main() -> int:
    started = time.monotonic()
    # Programs start as where they are installed: without compiling all of their modules each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    missing = needs_ensure()
    if missing and os.environ.get("CI") == "true":
        print(f"With CI=true nothing may be left out, but there is no {_names(missing)} here.")
        return 1
    outcomes = _outcomes(sorted({need.marker for need in missing}))
    print()
    for one in outcomes:
        print(f"{one.name:<20}{'FAILED' if one.code else 'ok':<8}{one.seconds:6.0f} s")
    print(f"{'in all':<28}{time.monotonic() - started:6.0f} s")
    for need in missing:
        print(f"Left out: {need.left_out}, as {need.package} is missing.")
    if missing:
        print(f"To have them too: sudo apt-get install -y {_names(missing)}")
    for one in outcomes:
        for failure in one.failures if one.code else ():
            print(f"{one.name}: {failure}")
        for shaky in one.unsteady:
            print(f"{one.name}: failed beside others, passed by itself; find out why: {shaky}")
    return 1 if any(one.code for one in outcomes) else 0


def _outcomes(without: list[str]) -> list[Outcome]:
    """Check and run all tests. Tables are made beside the checks, types are checked beside tests."""
    outcomes: list[Outcome] = []
    with ExitStack() as stack:
        began, address = time.monotonic(), ""
        if "postgres" not in without:
            try:
                address = stack.enter_context(postgres())
            except PostgresFailed as error:
                print(error)
                outcomes.append(Outcome("PostgreSQL", 1, time.monotonic() - began))
        making = stack.enter_context(migrated.making(address))
        types = stack.enter_context(ThreadPoolExecutor(1)).submit(check.types_beside)
        began = time.monotonic()
        code = check.check(lambda step: not check.is_long(step))
        outcomes.append(Outcome("checks", code, time.monotonic() - began))
        os.environ.update(making.environment())
        typed = partial(_types_told, types, outcomes)
        outcomes += both_parts("SQLite", without, *sys.argv[1:], database="", between=typed)
        if address:
            outcomes += both_parts("PostgreSQL", without, "--database-only", *sys.argv[1:], database=address)
    return outcomes


def _types_told(types: "Future[check.Outcome]", outcomes: list[Outcome]) -> None:
    """Wait for the check of types and tell how it went."""
    done = types.result()
    print()
    check.tell(done)
    if not done.is_green:
        check.explain(done)
    outcomes.append(Outcome(done.step.name, int(not done.is_green), done.seconds))


def _names(missing: list[Need]) -> str:
    return " ".join(need.package for need in missing)


if __name__ == "__main__":
    sys.exit(main())
