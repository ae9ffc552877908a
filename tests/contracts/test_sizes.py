"""Sizes: a part that outgrows them is split by noun."""

from pathlib import Path

from tests.contracts.tree import ROOT, ZOCO, files, lines, name, outline, packages, python_files

# Files over 300 lines, each with the reason why it is one thing. None may pass 500.
LONG_FILES: dict[str, str] = {
    "zoco/collector/tests/live/test_protocol.py": "all tests share one server and what stands around it",
    "tests/api/table.py": "one list of all addresses",
}
# Functions over 40 lines. None may pass 60.
LONG_FUNCTIONS: dict[str, str] = {
    "zoco/ledger/tests/reports/test_export.py:test_the_json_shape_of_an_answer": "one literal",
}
PACKAGE_LINES = 2_200
SUB_PACKAGES = 8
# Folders in every app that are no sub-packages of its own making.
USUAL = {"tests", "migrations", "templates", "static", "locale", "management", "templatetags", "__pycache__"}
# Sub-packages that mean the same in every app and need no line in its docstring.
NAMED_ALIKE = {"commands", "reports", "views", "adapters", "pages", "formats"}


def test_no_file_is_over_500_lines_and_one_over_300_has_a_reason() -> None:
    sizes = {name(path): lines(path) for path in python_files()}

    over_500 = {file: size for file, size in sizes.items() if size > 500}
    over_300 = {file for file, size in sizes.items() if size > 300}

    assert over_500 == {}
    assert over_300 == set(LONG_FILES)


def test_no_function_is_over_60_lines_and_one_over_40_has_a_reason() -> None:
    sizes = {
        f"{name(path)}:{each}": size for path in python_files() for each, size in outline(path).functions
    }

    over_60 = {function: size for function, size in sizes.items() if size > 60}
    over_40 = {function for function, size in sizes.items() if size > 40}

    assert over_60 == {}
    assert over_40 == set(LONG_FUNCTIONS)


def test_no_package_is_over_about_2000_lines() -> None:
    sizes: dict[str, int] = {}
    for path in python_files():
        if ZOCO in path.parents and "tests" not in path.parts:
            sizes[name(path.parent)] = sizes.get(name(path.parent), 0) + lines(path)

    assert {package: size for package, size in sizes.items() if size > PACKAGE_LINES} == {}


def test_an_app_has_at_most_eight_sub_packages_each_named_in_its_docstring() -> None:
    for app in packages():
        parts = _sub_packages(app)
        docstring = outline(app / "__init__.py").docstring

        assert docstring, f"{name(app)}/__init__.py says nothing of what the package is for"
        assert len(parts) <= SUB_PACKAGES, f"{name(app)} has {len(parts)} sub-packages: {parts}"
        unnamed = [part for part in parts if part not in docstring and part not in NAMED_ALIKE]
        assert not unnamed, f"{name(app)}/__init__.py does not name {unnamed}"


def _sub_packages(app: Path) -> list[str]:
    found = {path.parent.name for path in files() if path.name == "__init__.py" and path.parent.parent == app}
    return sorted(found - USUAL)


def test_every_python_file_says_what_it_is() -> None:
    silent = [name(path) for path in python_files() if path.stat().st_size and not outline(path).docstring]

    assert silent == []


def test_no_app_stands_empty() -> None:
    for app in packages():
        assert any(path.name != "__init__.py" for path in app.rglob("*.py")), f"{name(app)} has no code"
    assert (ROOT / "zoco" / "kit").is_dir()


def test_folders_of_tests_are_packages() -> None:
    # pytest would take two files of one name in folders without __init__.py for the same module.
    folders = {path.parent for path in python_files() if path.name.startswith("test_")}

    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
