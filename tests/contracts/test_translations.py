"""One sentence has one translation: all apps share Django's catalogue, and one of two would win by chance."""

from collections import defaultdict

import polib
import pytest

from tools.messages import LANGUAGES, apps, catalogue_path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_apps_translate_the_same_sentence_differently(language: str) -> None:
    said: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for app in apps():
        path = catalogue_path(app, language)
        for entry in polib.pofile(str(path)) if path.exists() else ():
            if not entry.obsolete:
                said[entry.msgctxt, entry.msgid][app.name] = entry.msgstr or str(entry.msgstr_plural)

    assert {key: by_app for key, by_app in said.items() if len(set(by_app.values())) > 1} == {}
