"""Documentation: the reference is what the code says, and everything that has a name has a heading."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.tree import ROOT, files, name
from tools import reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    reference.load_everything()
    return reference.pages()


def headings(page: str) -> set[str]:
    text = (ROOT / "docs" / "reference" / page).read_text("utf-8")
    return {line.lstrip("#").strip() for line in text.splitlines() if re.match(r"##+ ", line)}


def test_reference_is_what_the_code_says(pages: dict[str, str]) -> None:
    held = {page: (reference.FOLDER / page).read_text("utf-8") for page in pages}

    stale = [page for page in pages if held[page] != pages[page]]

    assert stale == [], "run make docs"
    assert {path.name for path in reference.FOLDER.iterdir()} >= set(pages)


def test_every_setting_has_a_heading(pages: dict[str, str]) -> None:
    from zoco.kit.conf import SETTINGS

    assert {f"ZOCO_{setting}" for setting in SETTINGS} <= headings("settings.md")


def test_every_name_and_column_of_a_fact_has_a_heading(pages: dict[str, str]) -> None:
    from zoco.ledger.pictures.labels import NAMES
    from zoco.ledger.schema import columns

    assert {*NAMES, *(column.name for column in columns())} <= headings("facts.md")


def test_every_report_command_and_kind_of_plug_has_a_heading(pages: dict[str, str]) -> None:
    from zoco.kit.commands import COMMANDS
    from zoco.ledger.report import REPORTS

    assert set(REPORTS.keys()) <= headings("reports.md")
    assert {f"zoco {command.key}" for command in COMMANDS} <= headings("commands.md")
    assert {registry.kind for registry in reference.registries()} <= headings("plugs.md")


def test_changelog_begins_with_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    package: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    top = re.search(r"^## (\d\S*)", changelog, re.MULTILINE)

    assert top is not None
    assert top[1] == package["project"]["version"]


def test_readmes_say_the_same_in_each_language() -> None:
    readmes = [ROOT / f"README{suffix}.md" for suffix in ("", ".es", ".ru", ".zh")]
    shapes = {
        readme.name: [re.match(r"#+", line)[0] for line in _prose(readme) if line.startswith("#")]  # type: ignore[index]
        for readme in readmes
    }

    assert len({tuple(shape) for shape in shapes.values()}) == 1, shapes
    for readme in readmes:
        text = readme.read_text("utf-8")
        assert "make run" in text
        assert "make test" in text
        assert [other.name for other in readmes if other != readme and other.name not in text] == []


def _prose(readme: Any) -> Iterator[str]:
    is_code = False
    for line in readme.read_text("utf-8").splitlines():
        is_code ^= line.startswith("```")
        if not is_code:
            yield line


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in files():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
                if "://" not in target and not target.startswith("mailto:"):
                    broken += [] if (path.parent / target).exists() else [f"{name(path)}: {target}"]

    assert broken == []


def test_decision_records_have_a_number_of_their_own_and_a_title() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [record.name[:4] for record in records]

    assert len(numbers) == len(set(numbers))
    for record in records:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name), record.name
        assert record.read_text("utf-8").startswith("# "), record.name
