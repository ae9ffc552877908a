"""Words that no tracked file may hold: paths of somebody's machine, registries, promises."""

import re
from pathlib import Path

from tests.contracts.tree import ROOT, files, name

READ = {"", ".py", ".md", ".toml", ".html", ".txt", ".js", ".css", ".po", ".sql", ".sh", ".yml", ".json"}
SELF = Path(__file__)
FORBIDDEN = {
    "path of a machine": r"(?<![\w.])/(work|root|opt/(wheels|pypi)\S*)/",
    "promise instead of code": r"\b(TODO|FIXME|XXX|HACK)\b",
    "author that is a program": r"(?i)\bsub-?agents?\b|co-authored-by|generated (with|by) (an? )?(ai|llm)\b",
    "issue by its number": r"(?i)\bissues? (#|no\. ?)?\d+\b|\(#\d+\)",
    "registry of packages": r"registry\.npmjs|deb\.debian\.org|proxy\.golang|crates\.io",
}
INDEX_HOSTS = {"pypi.org", "files.pythonhosted.org"}
NAME_THE_INDEX = {"uv.lock", "tools/bootstrap.py"}


def test_no_tracked_file_holds_a_forbidden_word() -> None:
    found = []
    for path in files():
        if path.suffix not in READ or path in (SELF, ROOT / "uv.lock"):
            continue
        text = path.read_text("utf-8", errors="replace")
        for meaning, pattern in FORBIDDEN.items():
            found += [f"{name(path)}: {meaning}: {match[0]}" for match in re.finditer(pattern, text)]

    assert found == []


def test_lock_names_the_public_index_and_no_other() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text("utf-8")))

    assert hosts == INDEX_HOSTS


def test_only_lock_and_bootstrap_name_the_index() -> None:
    named = {
        name(path)
        for path in files()
        if path.suffix in READ | {".lock"}
        and path != SELF
        and re.search(r"pypi\.org|pythonhosted", path.read_text("utf-8", errors="replace"))
    }

    assert named == NAME_THE_INDEX


def test_no_tracked_file_is_big() -> None:
    big = {name(path): path.stat().st_size for path in files() if path.stat().st_size > 3_000_000}

    assert big == {}
