"""`make check`: every check that needs no running Zoco; all are run, the failed ones told at the end.

`--format` writes what formatters can write instead. Steps run two at a time; each prints one line.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SOURCES = [name for name in ("zoco", "tools", "tests", "benchmarks") if any((ROOT / name).rglob("*.py"))]


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a command line, run in the repository, green when it returns 0."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went."""

    step: Step
    is_green: bool
    seconds: float
    output: str


def steps(data: Path) -> list[Step]:
    """Return all checks, the longest first. `data` is an empty folder that they may use as ZOCO_DATA."""
    django = [str(BIN / "python"), "-m", "django"]
    settings = {"DJANGO_SETTINGS_MODULE": "zoco.project.settings", "ZOCO_DATA": str(data), "DATABASE_URL": ""}
    production = {**settings, "ZOCO_ADDRESS": "https://zoco.example.org", "ZOCO_DEBUG": "0"}
    html = _templates()
    found = [
        Step("types", [_program("mypy"), *SOURCES], {**settings, "MYPY_FORCE_COLOR": "0"}),
        Step("style", [_program("ruff"), "check", *SOURCES]),
        Step("format", [_program("ruff"), "format", "--check", *SOURCES]),
        Step("imports", [_program("lint-imports"), "--no-logo"]),
        Step("migrations", [*django, "makemigrations", "--check", "--dry-run"], settings),
        Step("production", [*django, "check", "--deploy", "--fail-level", "WARNING"], production),
        Step("translations", [str(BIN / "python"), "-m", "tools.messages", "check"]),
        Step("reference", [str(BIN / "python"), "-m", "tools.reference", "--check"], settings),
    ]
    if html:
        found += [
            Step("template style", [_program("djhtml"), "--check", "-t", "4", *html]),
            Step("templates", [_program("djlint"), "--lint", "--quiet", *html]),
        ]
    return found


def _program(name: str) -> str:
    return str(BIN / name)


def _templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "zoco").rglob("templates/**/*.html"))


def run(step: Step) -> Outcome:
    """Run one step and keep all that it says."""
    started = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **step.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - started, done.stdout)


def types_beside() -> Outcome:
    """Check types, which takes longer than all else, in the time that others leave idle."""
    with tempfile.TemporaryDirectory(prefix="zoco-check-") as data:
        (step,) = (step for step in steps(Path(data)) if is_long(step))
        return run(replace(step, command=["nice", "-n", "19", *step.command]))


def is_long(step: Step) -> bool:
    """Say whether a step takes longer than all others together."""
    return step.name == "types"


def tell(outcome: Outcome) -> None:
    """Print a line."""
    word = "ok" if outcome.is_green else "FAILED"
    print(f"{outcome.step.name:<16}{word:<8}{outcome.seconds:6.1f} s", flush=True)


def explain(outcome: Outcome) -> None:
    """Print what a step said that failed."""
    print(f"\n== {outcome.step.name}: {' '.join(outcome.step.command)[:160]}\n{outcome.output.rstrip()}")


def check(chosen: Callable[[Step], bool] = lambda step: True) -> int:
    """Run all steps that are chosen; print a line for each, then the words of those that failed."""
    started = time.monotonic()
    failed = []
    with tempfile.TemporaryDirectory(prefix="zoco-check-") as data, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(run, step) for step in steps(Path(data)) if chosen(step)]
        for done in as_completed(waiting):
            outcome = done.result()
            tell(outcome)
            if not outcome.is_green:
                failed.append(outcome)
    for outcome in failed:
        explain(outcome)
    seconds = time.monotonic() - started
    names = ", ".join(outcome.step.name for outcome in failed)
    print(f"\nCheck took {seconds:.0f} s; " + (f"failed: {names}." if failed else "everything is in order."))
    return 1 if failed else 0


def format_all() -> int:
    """Let the formatters write; return how many of them failed."""
    commands = [
        [_program("ruff"), "check", "--fix", "--exit-zero", "--quiet", *SOURCES],
        [_program("ruff"), "format", *SOURCES],
    ]
    if html := _templates():
        commands.append([_program("djhtml"), "-t", "4", *html])
    return sum(subprocess.run(command, cwd=ROOT, check=False).returncode != 0 for command in commands)


if __name__ == "__main__":
    sys.exit(format_all() if "--format" in sys.argv[1:] else check())
