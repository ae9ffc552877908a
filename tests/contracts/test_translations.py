"""Translations: every sentence in every language, and the tool that sees to it."""

import gettext
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.tree import ROOT, name, packages
from tools import messages

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

TITLE = _("Hello %(name)s")
MONTH = pgettext("month", "May")


def told(count: int) -> str:
    return ngettext("%(count)s page", "%(count)s pages", count)
"""
TEMPLATE = """{% load i18n %}
<h1>{% translate "It's here" %}</h1>
    {% blocktranslate trimmed %}
      Two
      lines
    {% endblocktranslate %}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "ZOCO", tmp_path / "zoco")
    folder = tmp_path / "zoco" / "seo"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE)
    (folder / "templates" / "page.html").write_text(TEMPLATE)
    return folder


@pytest.mark.parametrize("package", packages(), ids=name)
def test_translations_are_complete(package: Path) -> None:
    assert messages.check(package) == []


def test_update_finds_marked_sentences_in_code_and_templates(app: Path) -> None:
    changed = messages.update(app)

    catalogue = messages.catalogue_path(app, "ru").read_text("utf-8")
    assert changed == 3
    for msgid in ("Hello %(name)s", "%(count)s pages", "It's here", "Two lines", "May"):
        assert f'"{msgid}"' in catalogue
    assert 'msgctxt "month"' in catalogue
    assert "POT-Creation-Date" not in catalogue
    assert catalogue.count("msgstr[") == 3


def test_second_update_changes_nothing(app: Path) -> None:
    messages.update(app)

    assert messages.update(app) == 0


def test_update_keeps_translations_and_drops_what_is_no_longer_said(app: Path) -> None:
    messages.update(app)
    path = messages.catalogue_path(app, "es")
    path.write_text(_translated(path, "It's here", "Está aquí"), "utf-8")
    (app / "__init__.py").write_text("")

    messages.update(app)

    kept = path.read_text("utf-8")
    assert "Está aquí" in kept
    assert "Hello" not in kept


def test_check_names_missing_fuzzy_and_unlike_entries(app: Path) -> None:
    messages.update(app)
    path = messages.catalogue_path(app, "zh_Hans")
    text = _translated(path, "Hello %(name)s", "你好 %(nombre)s")
    path.write_text(text.replace('msgid "Two lines"', '#, fuzzy\nmsgid "Two lines"'), "utf-8")

    told = [line.partition("django.po: ")[2] for line in messages.check(app) if "zh_Hans" in line]

    assert "'Hello %(name)s': placeholders ['%(nombre)s'] instead of ['%(name)s']" in told
    assert "'Two lines': fuzzy" in told
    assert "'Two lines': not translated" in told
    assert '"It\'s here": not translated' in told


def test_compiled_catalogue_is_read_by_gettext(app: Path) -> None:
    messages.update(app)
    path = messages.catalogue_path(app, "ru")
    text = path.read_text("utf-8")
    for form, word in enumerate(("страница", "страницы", "страниц")):
        text = text.replace(f'msgstr[{form}] ""', f'msgstr[{form}] "%(count)s {word}"')
    path.write_text(text, "utf-8")

    written = messages.compile_all([app])

    with path.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    told = [catalogue.ngettext("%(count)s page", "%(count)s pages", n) % {"count": n} for n in (1, 3, 11, 21)]
    assert written == 3
    assert told == ["1 страница", "3 страницы", "11 страниц", "21 страница"]


def test_compiling_needs_no_development_tools() -> None:
    program = "import sys; sys.modules['babel'] = sys.modules['django'] = None; import tools.messages as m"
    command = [sys.executable, "-c", f"{program}; raise SystemExit(m.main(['compile', 'kit']))"]

    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0


def _translated(path: Path, msgid: str, translation: str) -> str:
    return path.read_text("utf-8").replace(
        f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{translation}"'
    )
