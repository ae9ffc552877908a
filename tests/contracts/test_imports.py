"""Imports go down only; what must run without Django does."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.tree import ROOT, ZOCO, name, packages, python_files

DJANGO_FREE = (
    "zoco.collector",
    "zoco.ledger.schema",
    "zoco.ledger.spool",
    "zoco.ledger.store",
    "zoco.sites.published",
)
DJANGO = ("django", "wagtail", "ninja", "django_tasks", "django_tasks_db", "modelcluster", "taggit")
KNOW_WAGTAIL = {"viewsets", "wagtail_hooks", "pages", "desk", "project"}
WITHOUT_AREA = {
    *("kit", "stats", "ledger", "sites", "people", "campaigns", "talks", "consent", "channels"),
    *("trials", "offers", "collector", "desk", "testing", "project"),
}
# What the import of a module with Django blocked looks like, for all modules of a package.
WITHOUT_DJANGO = """
import importlib, pkgutil, sys
class Shut:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is shut out")
sys.meta_path.insert(0, Shut())
module = importlib.import_module({module!r})
for found in pkgutil.walk_packages(getattr(module, "__path__", []), {module!r} + "."):
    if "tests" not in found.name.split("."):
        importlib.import_module(found.name)
assert not [name for name in sys.modules if name.partition(".")[0] in {blocked!r}]
"""


def test_import_contracts_are_kept() -> None:
    program = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


@pytest.mark.parametrize("module", DJANGO_FREE)
def test_module_is_imported_where_there_is_no_django(module: str) -> None:
    if not (ROOT / module.replace(".", "/")).exists():
        assert (ROOT / (module.replace(".", "/") + ".py")).exists()
    program = WITHOUT_DJANGO.format(module=module, blocked=DJANGO)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]


def test_no_django_free_module_names_django() -> None:
    named = [
        f"{name(path)}: {module}"
        for path in python_files()
        if _dotted(path).startswith(DJANGO_FREE) and "tests" not in path.parts
        for module in _imported(path)
        if module.partition(".")[0] in DJANGO
    ]

    assert named == []


def test_scipy_is_imported_when_something_is_worked_out_not_as_programs_start() -> None:
    early = [
        f"{name(path)}: {ast.unparse(node)}"
        for path in python_files()
        if path.is_relative_to(ZOCO) and "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("scipy."))
        or (isinstance(node, ast.Import) and any(each.name.startswith("scipy.") for each in node.names))
    ]

    assert early == [], "write `import scipy` and scipy.special.ndtr: its parts come when they are named"


def test_only_viewsets_hooks_pages_desk_and_project_name_wagtail() -> None:
    named = [
        f"{name(path)}: {module}"
        for path in python_files()
        if ZOCO in path.parents and not {*path.parts, path.stem} & (KNOW_WAGTAIL | {"tests"})
        for module in _imported(path)
        if module.partition(".")[0] in {"wagtail", "modelcluster"}
    ]

    assert named == []


def test_stats_and_kit_have_no_models() -> None:
    for package in ("kit", "stats"):
        assert not (ZOCO / package / "models.py").exists()


def test_apps_are_labelled_and_belong_to_an_area() -> None:
    for app in packages():
        if not (app / "apps.py").exists():
            continue
        text = (app / "apps.py").read_text("utf-8")

        assert f'label = "zoco_{app.name}"' in text
        assert f'name = "zoco.{app.name}"' in text
        if app.name not in WITHOUT_AREA:
            assert re.search(r"area(: \w+)? = ", text), f"{name(app)}/apps.py does not say its area"


def _dotted(path: Path) -> str:
    dotted = name(path).removesuffix(".py").removesuffix("/__init__")
    return dotted.replace("/", ".")


def _imported(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return found
