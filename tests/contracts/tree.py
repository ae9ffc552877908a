"""The repository as its contracts see it: tracked files, packages, apps. Nothing is listed by hand."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ZOCO = ROOT / "zoco"


@cache
def files() -> tuple[Path, ...]:
    """Return all files that are or are about to be tracked, ignored ones left out."""
    if not (ROOT / ".git").exists():
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and ".venv" not in path.parts)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in sorted(set(listed.split("\0")) - {""}) if (path := ROOT / name).is_file())


def python_files() -> list[Path]:
    """Return all Python files but migrations and the start project, which Django and Wagtail write."""
    written_by_others = ROOT / "tests" / "hosts" / "wagtail"
    return [
        path
        for path in files()
        if path.suffix == ".py" and "migrations" not in path.parts and written_by_others not in path.parents
    ]


def packages() -> list[Path]:
    """Return the packages directly under zoco/."""
    return sorted(path.parent for path in files() if path.match("zoco/*/__init__.py") and _depth(path) == 3)


def _depth(path: Path) -> int:
    return len(path.relative_to(ROOT).parts)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is held of a Python file: to parse all of them takes seconds, to keep their trees much memory."""

    docstring: str
    functions: tuple[tuple[str, int], ...]
    """Name and number of lines of each, decorators and docstring included."""


@cache
def outline(path: Path) -> Outline:
    """Parse a file once."""
    tree = ast.parse(path.read_text("utf-8"))
    return Outline(ast.get_docstring(tree) or "", tuple(_functions(tree)))


def _functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    # Functions stand in statements alone, so that expressions, most of a tree, need not be walked.
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
        inner = ast.iter_child_nodes(node)
        waiting += [each for each in inner if isinstance(each, ast.stmt | ast.excepthandler | ast.match_case)]


def lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
