"""One sentence has one translation: all apps share Django's catalogue, and one of two would win by chance."""

import re
from collections import defaultdict
from collections.abc import Iterator

import polib
import pytest

from tools.messages import LANGUAGES, apps, catalogue_path

COUNTED = re.compile(r"%\((\w+)\)[sd] (people|persons|letters|messages|replies|hours)\b")
BOUNDS = {"most", "least"}
"""Places for numbers that the program sets: they are never one."""


def _entries(language: str) -> Iterator[polib.POEntry]:
    for app in apps():
        path = catalogue_path(app, language)
        yield from (each for each in (polib.pofile(str(path)) if path.exists() else ()) if not each.obsolete)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_apps_translate_the_same_sentence_differently(language: str) -> None:
    said: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for app in apps():
        path = catalogue_path(app, language)
        for entry in polib.pofile(str(path)) if path.exists() else ():
            if not entry.obsolete:
                said[entry.msgctxt, entry.msgid][app.name] = entry.msgstr or str(entry.msgstr_plural)

    assert {key: by_app for key, by_app in said.items() if len(set(by_app.values())) > 1} == {}


def test_what_counts_people_or_letters_has_a_form_for_one() -> None:
    flat = {each.msgid for each in _entries("ru") if not each.msgid_plural}

    assert [msgid for msgid in sorted(flat) for name, _ in COUNTED.findall(msgid) if name not in BOUNDS] == []


def test_russian_declines_what_it_counts() -> None:
    counted = [each for each in _entries("ru") if COUNTED.search(each.msgid_plural or "")]

    assert [each.msgid for each in counted if len(set(each.msgstr_plural.values())) < 2] == []
